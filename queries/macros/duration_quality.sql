/*---
title = "How sure a duration is: exact; interval (a lost event hides an end, the bounds are known); lower_bound (it began before anything is known)"
---*/
CREATE OR REPLACE MACRO duration_quality(low, high) AS
CASE WHEN high IS NULL THEN 'lower_bound' WHEN low = high THEN 'exact' ELSE 'interval' END
