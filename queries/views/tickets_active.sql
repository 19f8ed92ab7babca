/*---
title = "Unresolved tickets, since when somebody waits for an answer, and who spoke last"
dear = true
grain = "one row per unresolved ticket"
internal = true
---*/
CREATE OR REPLACE VIEW tickets_active AS
WITH waiting AS (
    SELECT
        org_id,
        ticket_id,
        max(calendar_us) AS waiting_us,
        bool_or(metric = 'next_reply_time') AS has_asked
    FROM reach_times
    WHERE metric IN ('first_reply_time', 'next_reply_time') AND outcome = 'run'
    GROUP BY org_id, ticket_id
)
SELECT
    t.org_id,
    t.ticket_id,
    t.status,
    t.priority,
    t.assignee,
    t.due_date,
    t.created_at,
    m.born.instant AS born_at,
    w.waiting_us,
    w.has_asked,
    l.customer_spoke_last
FROM tickets_all AS t
JOIN ticket_milestones AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
JOIN ticket_last_words AS l ON l.org_id = t.org_id AND l.ticket_id = t.ticket_id
LEFT JOIN waiting AS w ON w.org_id = t.org_id AND w.ticket_id = t.ticket_id
WHERE NOT t.is_deleted AND status_class(t.status) = 'active'
