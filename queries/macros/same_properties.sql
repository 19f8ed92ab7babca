/*---
title = "Whether two maps of properties say the same, key by key"
internal = true
---*/
CREATE OR REPLACE MACRO same_properties(one, other) AS
CASE
    WHEN one IS NOT DISTINCT FROM other THEN true
    ELSE properties_of(one) = properties_of(other)
END
