/*---
title = "Ageing of the backlog"
question = "How old are the unresolved tickets, and is it getting worse?"
grain = "one row per organisation, age bucket, status and priority"
key = ["org_id", "age", "status", "priority"]

[params.as_of]
type = "TIMESTAMPTZ"
help = "the backlog of this instant; default: the last event"

[params.days]
type = "BIGINT"
help = "compare with the backlog this many days of 24 hours before"
default = 7

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
age = { type = "VARCHAR", help = "since the creation, in days of 24 hours, upper end not included: 0-1d, 1-3d, 3-7d, 7-14d, 14-30d, 30d+" }
status = { type = "VARCHAR", help = "as reported" }
priority = { type = "SMALLINT", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
tickets = { type = "BIGINT", help = "unresolved tickets" }
tickets_prior = { type = "BIGINT", help = "the same, that many days before" }
change_vs_prior = { type = "BIGINT", help = "tickets - tickets_prior" }
quality_share_exact = { type = "DOUBLE", help = "share of tickets whose creation was seen; NULL = no ticket now" }
---*/
WITH edges AS (
    SELECT false AS is_prior, $as_of::TIMESTAMPTZ AS instant
    UNION ALL
    SELECT true, $as_of::TIMESTAMPTZ - to_hours(24 * $days::BIGINT)
),
aged AS (
    SELECT
        e.is_prior,
        s.org_id,
        s.status,
        s.priority,
        s.is_exact,
        CASE
            WHEN e.instant - s.born_at < INTERVAL 24 HOURS THEN 1
            WHEN e.instant - s.born_at < INTERVAL 72 HOURS THEN 2
            WHEN e.instant - s.born_at < INTERVAL 168 HOURS THEN 3
            WHEN e.instant - s.born_at < INTERVAL 336 HOURS THEN 4
            WHEN e.instant - s.born_at < INTERVAL 720 HOURS THEN 5
            ELSE 6
        END AS rung
    FROM ticket_stands AS s
    JOIN edges AS e ON s.since <= e.instant AND coalesce(s.until > e.instant, true)
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = s.org_id AND l.ticket_id = s.ticket_id
    WHERE ($org_id::VARCHAR IS NULL OR s.org_id = $org_id)
)
SELECT
    org_id,
    ['0-1d', '1-3d', '3-7d', '7-14d', '14-30d', '30d+'][rung] AS age,
    status,
    priority,
    count(*) FILTER (NOT is_prior) AS tickets,
    count(*) FILTER (is_prior) AS tickets_prior,
    count(*) FILTER (NOT is_prior) - count(*) FILTER (is_prior) AS change_vs_prior,
    CASE
        WHEN count(*) FILTER (NOT is_prior) > 0
        THEN count(*) FILTER (NOT is_prior AND is_exact) / count(*) FILTER (NOT is_prior)
    END AS quality_share_exact
FROM aged
GROUP BY org_id, rung, status, priority
ORDER BY org_id, rung, status NULLS LAST, priority DESC NULLS LAST
