/*---
title = "A wrapped map, stored as text, as JSON"
internal = true
---*/
CREATE OR REPLACE MACRO as_json(field) AS
CASE WHEN field IS NOT NULL THEN {'v': field.v::JSON} END
