/*---
title = "A commit holds as many events as its footer says"
grain = "one row per source and commit that differs"
---*/
WITH stored AS (
    SELECT batch, source, count(*) AS stored
    FROM ledger_events
    GROUP BY batch, source
)
SELECT
    coalesce(l.batch, s.batch) AS batch,
    coalesce(l.source, s.source) AS source,
    l.accepted,
    s.stored
FROM loads AS l
FULL JOIN stored AS s ON s.batch = l.batch AND s.source = l.source
WHERE coalesce(l.accepted, 0) <> coalesce(s.stored, 0)
    AND getvariable('as_of') IS NULL
ORDER BY ALL
