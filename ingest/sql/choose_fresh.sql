-- The staged events the ledger does not have, in the order of a commit's file: of equal ones the
-- first read. Equal events have equal instants, so only stored rows of the staged span of time are
-- looked at, in files whose footers say that they have some.
WITH firsts AS (
    SELECT event_id, min({'part': part, 'line': source_line, 'place': place}).place AS place
    FROM staged
    WHERE event_id IS NOT NULL
    GROUP BY event_id
),
fresh AS (
    SELECT place
    FROM firsts
    WHERE event_id NOT IN (
        SELECT event_id
        FROM read_parquet(getvariable('files'), hive_partitioning = false)
        WHERE event_at BETWEEN (SELECT min(event_at) FROM staged WHERE event_id IS NOT NULL)
            AND (SELECT max(event_at) FROM staged WHERE event_id IS NOT NULL)
    )
)
SELECT place
FROM fresh
JOIN staged USING (place)
ORDER BY
    object_type,
    org_id,
    coalesce(CASE object_type WHEN 'ticket' THEN ticket_id ELSE chat_id END, ''),
    coalesce(message_id, ''),
    event_at,
    event_id
