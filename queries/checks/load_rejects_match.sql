/*---
title = "Every newly refused line of a load is in rejects"
grain = "one row per source and commit that differs"
---*/
WITH stored AS (
    SELECT batch, source, count(*) AS stored
    FROM all_rejects
    GROUP BY batch, source
)
SELECT
    coalesce(l.batch, s.batch) AS batch,
    coalesce(l.source, s.source) AS source,
    l.rejected - l.known_rejects AS told,
    s.stored
FROM loads AS l
FULL JOIN stored AS s ON s.batch = l.batch AND s.source = l.source
WHERE coalesce(l.rejected - l.known_rejects, 0) <> coalesce(s.stored, 0)
ORDER BY ALL
