/*---
title = "Number, first and last of the events of a ticket are those of its events"
grain = "one row per ticket that differs"
---*/
WITH counted AS (
    SELECT
        org_id,
        ticket_id,
        count(*) FILTER (event_type <> 'ticket.snapshot') AS event_count,
        min(event_at) FILTER (event_type <> 'ticket.snapshot') AS first_event_at,
        max(event_at) FILTER (event_type <> 'ticket.snapshot') AS last_event_at
    FROM ledger_events
    WHERE object_type = 'ticket'
    GROUP BY org_id, ticket_id
)
SELECT
    coalesce(t.org_id, c.org_id) AS org_id,
    coalesce(t.ticket_id, c.ticket_id) AS ticket_id,
    t.event_count AS told,
    c.event_count AS counted
FROM tickets_all AS t
FULL JOIN counted AS c ON c.org_id = t.org_id AND c.ticket_id = t.ticket_id
LEFT JOIN ledger_events AS e ON e.event_id = t.last_event_id
WHERE t.event_count IS DISTINCT FROM c.event_count
    OR t.first_event_at IS DISTINCT FROM c.first_event_at
    OR t.last_event_at IS DISTINCT FROM c.last_event_at
    OR e.event_at IS DISTINCT FROM t.last_event_at
    OR (e.event_id IS NOT NULL AND e.ticket_id IS DISTINCT FROM t.ticket_id)
ORDER BY ALL
