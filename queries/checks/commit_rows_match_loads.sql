/*---
title = "The events of a commit are those its sources accepted"
grain = "one row per commit that differs"
---*/
SELECT c.batch, c.row_count, sum(l.accepted) AS accepted
FROM commits AS c
LEFT JOIN loads AS l ON l.batch = c.batch
GROUP BY c.batch, c.row_count
HAVING c.row_count IS DISTINCT FROM coalesce(sum(l.accepted), 0)
ORDER BY c.batch
