/*---
title = "The states that are led to more often than left, as often as they are led to"
internal = true
---*/
CREATE OR REPLACE MACRO left_over(around) AS
list_filter(
    around.arrivals,
    lambda n: len(list_filter(around.arrivals, lambda a: a = n))
        > len(list_filter(around.departures, lambda d: d = n))
)
