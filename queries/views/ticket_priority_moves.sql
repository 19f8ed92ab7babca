/*---
title = "Moves of a ticket to another priority, and who made them"
dear = true
grain = "one row per ticket and change of priority"
internal = true
---*/
-- What was made before is as in `ticket_status_moves`.
CREATE OR REPLACE VIEW ticket_priority_moves AS
SELECT
    m.org_id,
    m.ticket_id,
    m.version,
    m.priority_before,
    m.priority,
    m.moved_at,
    m.is_exact,
    m.actor,
    lag(m.moved_at) OVER (
        PARTITION BY m.org_id, m.ticket_id, m.priority_before, m.priority, m.actor
        ORDER BY m.version
    ) AS made_before_at,
    coalesce(m.moved_at < r.first_reply_at, true) AS is_before_reply,
    t.is_deleted
FROM ticket_actors AS m
JOIN tickets_all AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
LEFT JOIN ticket_replies AS r ON r.org_id = m.org_id AND r.ticket_id = m.ticket_id
WHERE m.field = 'priority'
