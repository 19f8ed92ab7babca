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
states AS (
    SELECT
        e.is_prior,
        e.instant,
        m.org_id,
        m.ticket_id,
        min(m.moved_at) AS born_at,
        arg_min(m.is_exact, m.version) AS is_exact,
        max_by(struct_pack(place := m.place, status := m.status, priority := m.priority), m.version)
            AS last
    FROM ticket_moves AS m
    JOIN edges AS e ON m.moved_at <= e.instant
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = m.org_id AND l.ticket_id = m.ticket_id
    WHERE ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
    GROUP BY e.is_prior, e.instant, m.org_id, m.ticket_id
),
aged AS (
    SELECT
        *,
        CASE
            WHEN instant - born_at < INTERVAL 24 HOURS THEN 1
            WHEN instant - born_at < INTERVAL 72 HOURS THEN 2
            WHEN instant - born_at < INTERVAL 168 HOURS THEN 3
            WHEN instant - born_at < INTERVAL 336 HOURS THEN 4
            WHEN instant - born_at < INTERVAL 720 HOURS THEN 5
            ELSE 6
        END AS rung
    FROM states
    WHERE last.place = 'active'
)
SELECT
    org_id,
    ['0-1d', '1-3d', '3-7d', '7-14d', '14-30d', '30d+'][rung] AS age,
    last.status AS status,
    last.priority AS priority,
    count(*) FILTER (NOT is_prior) AS tickets,
    count(*) FILTER (is_prior) AS tickets_prior,
    count(*) FILTER (NOT is_prior) - count(*) FILTER (is_prior) AS change_vs_prior,
    CASE
        WHEN count(*) FILTER (NOT is_prior) > 0
        THEN count(*) FILTER (NOT is_prior AND is_exact) / count(*) FILTER (NOT is_prior)
    END AS quality_share_exact
FROM aged
GROUP BY org_id, rung, last.status, last.priority
ORDER BY org_id, rung, last.status NULLS LAST, last.priority DESC NULLS LAST
