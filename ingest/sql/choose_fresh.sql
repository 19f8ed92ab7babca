-- The staged events the ledger does not have: of equal ones the first read. Equal events have equal
-- instants, so only stored rows of the staged span of time are looked at.
CREATE OR REPLACE TEMP TABLE fresh AS
WITH firsts AS (
    SELECT event_id, arg_min(rowid, (part, source_line)) AS kept
    FROM staged
    GROUP BY event_id
)
SELECT kept
FROM firsts
WHERE event_id NOT IN (
    SELECT event_id
    FROM read_parquet(getvariable('files'), hive_partitioning = false)
    WHERE event_at BETWEEN getvariable('span').since AND getvariable('span').until
)
