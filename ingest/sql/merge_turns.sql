-- Which file each next row of a merged file comes from, by its place in the list: the order is that
-- of a commit's file, and rows of one file keep theirs.
WITH files AS (
    SELECT unnest(getvariable('files')) AS filename, generate_subscripts(getvariable('files'), 1) AS n
)
SELECT (f.n - 1)::INTEGER AS file_number
FROM read_parquet(getvariable('files'), hive_partitioning = false, filename = true) AS e
JOIN files AS f USING (filename)
ORDER BY
    object_type,
    org_id,
    coalesce(CASE object_type WHEN 'ticket' THEN ticket_id ELSE chat_id END, ''),
    coalesce(message_id, ''),
    event_at,
    event_id
