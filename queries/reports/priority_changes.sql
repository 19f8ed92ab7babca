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
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the organisation with a change in the period" }
quality_share_exact = { type = "DOUBLE", help = "share of the changes whose instant was seen" }
---*/
WITH chosen AS (
    SELECT
        m.*,
        is_first_since(m.made_before_at, $from) AS is_first
    FROM ticket_priority_moves AS m
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = m.org_id AND l.ticket_id = m.ticket_id
    WHERE m.moved_at <= $as_of::TIMESTAMPTZ
        AND m.moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND m.moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
),
excluded AS (
    SELECT org_id, count(DISTINCT ticket_id) AS tickets_excluded
    FROM chosen
    WHERE is_deleted
    GROUP BY org_id
)
SELECT
    c.org_id,
    c.priority_before AS from_priority,
    c.priority AS to_priority,
    CASE
        WHEN coalesce(c.priority_before, 0) <= 0 AND coalesce(c.priority, 0) <= 0 THEN 'cleared'
        WHEN coalesce(c.priority_before, 0) <= 0 THEN 'set'
        WHEN coalesce(c.priority, 0) <= 0 THEN 'cleared'
        WHEN c.priority > c.priority_before THEN 'escalated'
        ELSE 'lowered'
    END AS direction,
    c.actor AS by,
    count(*) AS events,
    count(*) FILTER (c.is_first) AS tickets,
    count(*) FILTER (c.is_before_reply) AS before_first_reply,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded,
    count(*) FILTER (c.is_exact) / count(*) AS quality_share_exact
FROM chosen AS c
LEFT JOIN excluded AS e ON e.org_id = c.org_id
WHERE NOT c.is_deleted
GROUP BY c.org_id, c.priority_before, c.priority, c.actor
ORDER BY c.org_id, c.priority_before NULLS FIRST, c.priority NULLS FIRST, c.actor NULLS FIRST
