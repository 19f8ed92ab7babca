/*---
title = "The states that events of one instant lead to, beside the one before, and those they leave, beside the one that follows"
internal = true
---*/
-- Those that changed nothing lead nowhere.
CREATE OR REPLACE MACRO led_around(prior, next, sources, targets) AS {
    'arrivals': list_concat(
        [prior], list_filter(targets, lambda t, j: sources[j] IS DISTINCT FROM t)
    ),
    'departures': list_concat(
        [next], list_filter(sources, lambda s, j: s IS DISTINCT FROM targets[j])
    )
}
