/*---
title = "Whether two values of a field, as JSON, are equal"
internal = true
---*/
CREATE OR REPLACE MACRO same_value(field, one, other) AS
CASE
    WHEN one IS NOT DISTINCT FROM other THEN true
    WHEN field = 'custom_properties' THEN same_properties(one, other)
    ELSE false
END
