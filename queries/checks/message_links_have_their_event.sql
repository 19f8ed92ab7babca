/*---
title = "Every link between a ticket and a message is told by an event of that instant, and names both"
grain = "one row per link of which that is not so"
---*/
SELECT l.org_id, l.ticket_id, l.message_id, l.unique_id, l.link, l.linked_at, l.event_id
FROM ticket_messages AS l
LEFT JOIN ledger_events AS e
    ON e.event_id = l.event_id AND e.org_id = l.org_id AND e.ticket_id = l.ticket_id
WHERE e.event_at IS DISTINCT FROM l.linked_at
    OR l.link NOT IN ('quoted', 'attached')
    OR coalesce(l.message_id, l.unique_id) IS NULL
ORDER BY ALL
