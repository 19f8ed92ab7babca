/*---
title = "Every refused line is kept once, with its bytes, a code and a reason"
grain = "one row per refused line of which that is not so"
---*/
SELECT reject_id, source, line, code, path, batch
FROM (
    SELECT *, count(*) OVER (PARTITION BY reject_id) AS times
    FROM all_rejects
)
WHERE raw IS NULL
    OR NOT regexp_full_match(code, '[a-z0-9_]+')
    OR reason = ''
    OR line < 1
    OR times > 1
ORDER BY reject_id, source, line
