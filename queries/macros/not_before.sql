/*---
title = "A told instant, not before the ticket began"
internal = true
---*/
CREATE OR REPLACE MACRO not_before(told, born) AS
CASE WHEN told.instant < born.instant THEN born ELSE told END
