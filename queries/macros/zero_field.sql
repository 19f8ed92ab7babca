/*---
title = "The name of a field whose instant is no `known_instant`; else NULL"
internal = true
---*/
CREATE OR REPLACE MACRO zero_field(name, instant) AS
CASE WHEN instant IS NOT NULL AND known_instant(instant) IS NULL THEN name END
