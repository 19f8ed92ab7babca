/*---
title = "Promises at risk"
question = "Which promises are broken or will be next, and how much time is left?"
grain = "one row per open promise that has a target, the longest broken first, then by when it will be broken, then the paused"
key = ["org_id", "ticket_id", "policy", "instance"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
policy = { type = "VARCHAR", help = "name of the policy" }
metric = { type = "VARCHAR", help = "first_reply, next_reply, periodic_update, resolution or due_date" }
instance = { type = "BIGINT", help = "1, 2, … for promises that are made several times" }
state = { type = "VARCHAR", help = "active_breached, active or paused" }
status = { type = "VARCHAR", help = "status of the ticket" }
priority = { type = "SMALLINT", help = "priority of the ticket" }
assignee = { type = "VARCHAR", help = "who works on it" }
elapsed_s = { type = "DOUBLE", unit = "s", help = "what the clock shows" }
target_s = { type = "DOUBLE", unit = "s", help = "target; NULL = a due date" }
remaining_s = { type = "DOUBLE", unit = "s", help = "what is left on the clock; below zero when broken" }
breach_at = { type = "TIMESTAMP WITH TIME ZONE", help = "when it was broken or will be; NULL = paused" }
paused_reason = { type = "VARCHAR", help = "why the clock stands still" }
quality = { type = "VARCHAR", help = "exact or interval" }
---*/
SELECT
    s.org_id,
    s.ticket_id,
    s.policy,
    s.metric,
    s.instance,
    s.state,
    t.status,
    t.priority,
    t.assignee,
    s.elapsed_s,
    s.target_s,
    s.remaining_s,
    s.breach_at,
    s.paused_reason,
    s.quality
FROM sla AS s
JOIN tickets_all AS t ON t.org_id = s.org_id AND t.ticket_id = s.ticket_id
ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
    ON l.org_id = s.org_id AND l.ticket_id = s.ticket_id
WHERE s.state IN ('active', 'active_breached', 'paused')
    AND s.remaining_s IS NOT NULL
    AND s.activated_at <= $as_of::TIMESTAMPTZ
    AND ($org_id::VARCHAR IS NULL OR s.org_id = $org_id)
ORDER BY
    s.org_id,
    s.state = 'active_breached' DESC,
    s.breach_at NULLS LAST,
    s.remaining_s,
    s.ticket_id,
    s.policy,
    s.instance
