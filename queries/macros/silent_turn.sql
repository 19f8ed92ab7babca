/*---
title = "When it is settled where an event begins that does not tell: the fewer the choices, the sooner"
internal = true
---*/
CREATE OR REPLACE MACRO silent_turn(around, own, downstream) AS
CASE
    WHEN changed_nothing(around, own) THEN 0
    ELSE 1 + len(list_distinct(list_filter(left_over(around), lambda n: NOT contains(downstream, n))))
END
