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
quality_share_exact = { type = "DOUBLE", help = "share of the hand-offs whose instant was seen" }
---*/
WITH assignments AS (
    SELECT
        org_id,
        ticket_id,
        version,
        moved_at,
        is_exact,
        holder_before AS from_assignee,
        holder AS to_assignee,
        lag(moved_at) OVER in_order AS assigned_at
    FROM ticket_moves
    WHERE version = 1 OR holder_before IS DISTINCT FROM holder
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
),
returns AS (
    SELECT org_id, ticket_id, version
    FROM ticket_counted_moves
    WHERE name = 'ping_pongs'
)
SELECT
    a.org_id,
    a.from_assignee,
    a.to_assignee,
    nullif(h.assigned_by, '') AS "by",
    count(*) AS events,
    count(DISTINCT a.ticket_id) AS tickets,
    quantile_cont(microseconds_between(a.assigned_at, a.moved_at), 0.5) / 1e6 AS hold_before_p50_s,
    count(r.version) AS ping_pongs,
    count(*) FILTER (a.is_exact) / count(*) AS quality_share_exact
FROM assignments AS a
JOIN ticket_history AS h
    ON h.org_id = a.org_id AND h.ticket_id = a.ticket_id AND h.version = a.version
LEFT JOIN returns AS r
    ON r.org_id = a.org_id AND r.ticket_id = a.ticket_id AND r.version = a.version
ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
    ON l.org_id = a.org_id AND l.ticket_id = a.ticket_id
WHERE a.from_assignee <> a.to_assignee
    AND a.moved_at <= $as_of::TIMESTAMPTZ
    AND a.moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND a.moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
    AND ($org_id::VARCHAR IS NULL OR a.org_id = $org_id)
GROUP BY a.org_id, a.from_assignee, a.to_assignee, nullif(h.assigned_by, '')
ORDER BY a.org_id, a.from_assignee, a.to_assignee, "by" NULLS FIRST
