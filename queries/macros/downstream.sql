/*---
title = "The states that edges lead to from a state, and the state itself"
internal = true
---*/
CREATE OR REPLACE MACRO downstream(sources, targets, start) AS
list_reduce(
    list_transform(targets, lambda t: [t]),
    lambda found, t: list_distinct(
        list_concat(
            found, list_filter(targets, lambda h, j: coalesce(contains(found, sources[j]), false))
        )
    ),
    [start]
)
