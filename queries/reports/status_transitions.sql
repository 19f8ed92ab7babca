/*---
title = "Status transitions"
question = "Which way do tickets go from status to status, and how long do they wait before?"
grain = "one row per organisation and pair of statuses"
key = ["org_id", "from_status", "to_status", "direction"]
period = "transitions"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
from_status = { type = "VARCHAR", help = "status before; NULL = created, or no status was known" }
to_status = { type = "VARCHAR", help = "status after" }
direction = { type = "VARCHAR", help = "create, progress (active to active), resolve, reopen, archive, unarchive (from the archive), other" }
events = { type = "BIGINT", help = "times it happened" }
tickets = { type = "BIGINT", help = "tickets it happened to, each once" }
wait_p50_s = { type = "DOUBLE", unit = "s", help = "median time in the status before; NULL for creations" }
wait_p90_s = { type = "DOUBLE", unit = "s", help = "time that nine of ten did not exceed" }
actor_known_share = { type = "DOUBLE", help = "share of transitions of which is told who made them: closed_by, raised_by, or a row of the audit log" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the organisation with a transition in the period" }
quality_share_exact = { type = "DOUBLE", help = "share of transitions whose instant was seen" }
---*/
WITH chosen AS (
    SELECT
        m.*,
        is_first_since(m.made_before_at, $from) AS is_first
    FROM ticket_status_moves AS m
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
),
counted AS (
    SELECT
        org_id,
        status_before,
        status,
        is_creation,
        count(*) AS events,
        count(*) FILTER (is_first) AS tickets,
        quantile_cont(microseconds_between(since, moved_at), [0.5, 0.9]) AS waits_us,
        count(actor) AS told,
        count(*) FILTER (is_exact) AS exact
    FROM chosen
    WHERE NOT is_deleted
    GROUP BY org_id, status_before, status, is_creation
)
SELECT
    c.org_id,
    status_before AS from_status,
    status AS to_status,
    CASE
        WHEN is_creation THEN 'create'
        WHEN status_class(status_before) = status_class(status)
            AND status_class(status) <> 'active'
        THEN 'other'
        WHEN status_class(status_before) = 'removed' THEN 'unarchive'
        WHEN status_class(status) = 'removed' THEN 'archive'
        WHEN status_class(status_before) = 'active' AND status_class(status) = 'active'
        THEN 'progress'
        WHEN status_class(status_before) = 'active' AND status_class(status) = 'resolved'
        THEN 'resolve'
        WHEN status_class(status_before) = 'resolved' AND status_class(status) = 'active'
        THEN 'reopen'
        ELSE 'other'
    END AS direction,
    events,
    tickets,
    waits_us[1] / 1e6 AS wait_p50_s,
    waits_us[2] / 1e6 AS wait_p90_s,
    told / events AS actor_known_share,
    coalesce(e.tickets_excluded, 0) AS tickets_excluded,
    exact / events AS quality_share_exact
FROM counted AS c
LEFT JOIN excluded AS e ON e.org_id = c.org_id
ORDER BY c.org_id, from_status NULLS FIRST, to_status NULLS FIRST, direction
