/*---
title = "Hand-offs"
question = "Who hands tickets to whom, after how long, and do they come back?"
grain = "one row per organisation, pair of assignees and who did it"
key = ["org_id", "from_assignee", "to_assignee", "by"]
period = "hand-offs"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
from_assignee = { type = "VARCHAR", help = "who had it" }
to_assignee = { type = "VARCHAR", help = "who got it" }
by = { type = "VARCHAR", help = "assigned_by as told with it; NULL = not told" }
events = { type = "BIGINT", help = "times it happened" }
tickets = { type = "BIGINT", help = "tickets it happened to, each once" }
hold_before_p50_s = { type = "DOUBLE", unit = "s", help = "median time that the former assignee had it" }
ping_pongs = { type = "BIGINT", help = "of these, returns to the assignee before the last" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the organisation with a hand-off in the period" }
quality_share_exact = { type = "DOUBLE", help = "share of the hand-offs whose instant was seen" }
---*/
WITH chosen AS (
    SELECT
        c.*,
        is_first_since(c.made_before_at, $from) AS is_first
    FROM ticket_handoffs AS c
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = c.org_id AND l.ticket_id = c.ticket_id
    WHERE c.moved_at <= $as_of::TIMESTAMPTZ
        AND c.moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND c.moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR c.org_id = $org_id)
),
excluded AS (
    SELECT org_id, count(DISTINCT ticket_id) AS tickets_excluded
    FROM chosen
    WHERE is_deleted
    GROUP BY org_id
)
SELECT
    c.org_id,
    c.from_assignee,
    c.to_assignee,
    c.assigned_by AS "by",
    count(*) AS events,
    count(*) FILTER (c.is_first) AS tickets,
    quantile_cont(microseconds_between(c.assigned_at, c.moved_at), 0.5) / 1e6 AS hold_before_p50_s,
    count(*) FILTER (c.is_ping_pong) AS ping_pongs,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded,
    count(*) FILTER (c.is_exact) / count(*) AS quality_share_exact
FROM chosen AS c
LEFT JOIN excluded AS e ON e.org_id = c.org_id
WHERE NOT c.is_deleted
GROUP BY c.org_id, c.from_assignee, c.to_assignee, c.assigned_by
ORDER BY c.org_id, c.from_assignee, c.to_assignee, "by" NULLS FIRST
