/*---
title = "Whether an event that does not tell where it begins changed nothing: others lead to its state, and not all are led on"
internal = true
---*/
CREATE OR REPLACE MACRO changed_nothing(around, own) AS
len(list_filter(around.arrivals, lambda a: a = own))
    > greatest(len(list_filter(around.departures, lambda d: d = own)), 1)
