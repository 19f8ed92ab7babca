/*---
title = "A wrapped value when a stored key list names its field, else NULL"
internal = true
---*/
CREATE OR REPLACE MACRO told(keys, name, wrapped) AS
CASE WHEN has(keys, name) THEN wrapped END
