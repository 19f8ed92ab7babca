/*---
title = "Commit numbers run from 1 without a gap, and load times never go back"
grain = "one row per commit out of line"
---*/
SELECT *
FROM (
    SELECT
        batch,
        row_number() OVER in_order AS expected,
        loaded_at,
        lag(loaded_at) OVER in_order AS loaded_before
    FROM commits
    WINDOW in_order AS (ORDER BY batch)
)
WHERE batch <> expected OR loaded_at < loaded_before
ORDER BY batch
