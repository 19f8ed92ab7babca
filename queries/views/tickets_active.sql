/*---
title = "Unresolved tickets, and who spoke last"
dear = true
grain = "one row per unresolved ticket"
internal = true
---*/
CREATE OR REPLACE VIEW tickets_active AS
SELECT
    t.org_id,
    t.ticket_id,
    t.status,
    t.priority,
    t.assignee,
    t.due_date,
    t.created_at,
    m.born.instant AS born_at,
    l.customer_spoke_last
FROM tickets_all AS t
JOIN ticket_milestones AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
JOIN ticket_last_words AS l ON l.org_id = t.org_id AND l.ticket_id = t.ticket_id
WHERE NOT t.is_deleted AND status_class(t.status) = 'active'
