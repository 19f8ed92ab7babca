/*---
title = "A number, and zero where it is below; NULL stays NULL"
internal = true
---*/
CREATE OR REPLACE MACRO not_negative(number) AS CASE WHEN number < 0 THEN 0 ELSE number END
