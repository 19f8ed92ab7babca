/*---
title = "Priority changes"
question = "How do priorities change, and is it before anybody answered?"
grain = "one row per organisation, pair of priorities and who did it"
key = ["org_id", "from_priority", "to_priority", "by"]
period = "changes"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
from_priority = { type = "SMALLINT", help = "priority before; NULL or 0 none, 1 low, 2 medium, 3 high, 4 urgent" }
to_priority = { type = "SMALLINT", help = "priority after" }
direction = { type = "VARCHAR", help = "set (none before), escalated, lowered or cleared" }
by = { type = "VARCHAR", help = "who changed it, by a row of the audit log; NULL = not told" }
events = { type = "BIGINT", help = "times it happened" }
tickets = { type = "BIGINT", help = "tickets it happened to, each once" }
before_first_reply = { type = "BIGINT", help = "of the events, those before the first reply or without any" }
quality_share_exact = { type = "DOUBLE", help = "share of the changes whose instant was seen" }
---*/
SELECT
    m.org_id,
    m.priority_before AS from_priority,
    m.priority AS to_priority,
    CASE
        WHEN coalesce(m.priority_before, 0) <= 0 AND coalesce(m.priority, 0) <= 0 THEN 'cleared'
        WHEN coalesce(m.priority_before, 0) <= 0 THEN 'set'
        WHEN coalesce(m.priority, 0) <= 0 THEN 'cleared'
        WHEN m.priority > m.priority_before THEN 'escalated'
        ELSE 'lowered'
    END AS direction,
    m.actor AS by,
    count(*) AS events,
    count(DISTINCT m.ticket_id) AS tickets,
    count(*) FILTER (coalesce(m.moved_at < r.first_reply_at, true)) AS before_first_reply,
    count(*) FILTER (m.is_exact) / count(*) AS quality_share_exact
FROM ticket_actors AS m
LEFT JOIN ticket_replies AS r ON r.org_id = m.org_id AND r.ticket_id = m.ticket_id
ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
    ON l.org_id = m.org_id AND l.ticket_id = m.ticket_id
WHERE m.field = 'priority'
    AND m.moved_at <= $as_of::TIMESTAMPTZ
    AND m.moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND m.moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
    AND ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
GROUP BY m.org_id, m.priority_before, m.priority, m.actor
ORDER BY m.org_id, m.priority_before NULLS FIRST, m.priority NULLS FIRST, m.actor NULLS FIRST
