/*---
title = "The state in which an event begins that does not tell: where those around it leave off"
internal = true
---*/
CREATE OR REPLACE MACRO left_off(around, own, downstream) AS
CASE
    WHEN changed_nothing(around, own) THEN own
    ELSE coalesce(
        list_filter(left_over(around), lambda n: NOT contains(downstream, n))[1],
        list_filter(left_over(around), lambda n: n <> own)[1],
        own
    )
END
