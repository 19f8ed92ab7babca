/*---
title = "The state in which an event begins that does not tell: where those around it leave off"
internal = true
---*/
CREATE OR REPLACE MACRO left_off(arrivals, departures, own, downstream) AS
CASE
    WHEN len(list_filter(arrivals, lambda a: a = own))
        > greatest(len(list_filter(departures, lambda d: d = own)), 1)
    THEN own
    ELSE coalesce(
        list_filter(
            arrivals,
            lambda n: NOT contains(downstream, n)
                AND len(list_filter(arrivals, lambda a: a = n))
                    > len(list_filter(departures, lambda d: d = n))
        )[1],
        list_filter(
            arrivals,
            lambda n: n <> own
                AND len(list_filter(arrivals, lambda a: a = n))
                    > len(list_filter(departures, lambda d: d = n))
        )[1],
        own
    )
END
