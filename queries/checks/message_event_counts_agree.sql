/*---
title = "Number, first and last of the events of a message are those of its events"
grain = "one row per message that differs"
---*/
WITH counted AS (
    SELECT
        org_id,
        message_id,
        count(*) FILTER (form <> 'snapshot') AS event_count,
        min(event_at) FILTER (form <> 'snapshot') AS first_event_at,
        max(event_at) FILTER (form <> 'snapshot') AS last_event_at
    FROM ledger_events
    WHERE message_keys IS NOT NULL
    GROUP BY org_id, message_id
)
SELECT
    coalesce(t.org_id, c.org_id) AS org_id,
    coalesce(t.message_id, c.message_id) AS message_id,
    t.event_count AS told,
    c.event_count AS counted
FROM messages AS t
FULL JOIN counted AS c ON c.org_id = t.org_id AND c.message_id = t.message_id
LEFT JOIN ledger_events AS e ON e.event_id = t.last_event_id
WHERE t.event_count IS DISTINCT FROM c.event_count
    OR t.first_event_at IS DISTINCT FROM c.first_event_at
    OR t.last_event_at IS DISTINCT FROM c.last_event_at
    OR e.event_at IS DISTINCT FROM t.last_event_at
    OR (e.event_id IS NOT NULL AND e.message_id IS DISTINCT FROM t.message_id)
ORDER BY ALL
