/*---
title = "Every line that was ever refused, and the replay that took it after all"
grain = "one row per refused line and reason"
internal = true
---*/
CREATE OR REPLACE VIEW all_rejects AS
WITH replays AS (
    SELECT unnest(replayed) AS reject_id, batch
    FROM commits
),
taken AS (
    SELECT reject_id, min(batch) AS replayed_in
    FROM replays
    GROUP BY reject_id
)
SELECT r.*, t.replayed_in
FROM read_parquet(getvariable('reject_files'), hive_partitioning = false) AS r
LEFT JOIN taken AS t USING (reject_id)
WHERE r.loaded_at <= coalesce(getvariable('known_at'), 'infinity'::TIMESTAMPTZ)
