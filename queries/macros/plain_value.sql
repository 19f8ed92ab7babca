/*---
title = "The value of a field, as JSON text; a status in one spelling"
internal = true
---*/
CREATE OR REPLACE MACRO plain_value(field, value) AS
CASE WHEN field = 'status' THEN plain_status(value) ELSE value END
