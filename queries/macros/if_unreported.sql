/*---
title = "The name of a field and a comma if its sender hardly ever tells that it changed, else nothing"
internal = true
---*/
CREATE OR REPLACE MACRO if_unreported(field, moved, broken) AS
CASE WHEN broken >= 3 AND 10 * broken >= 9 * moved THEN field || ',' ELSE '' END
