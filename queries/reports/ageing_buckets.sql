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
    SELECT $as_of::TIMESTAMPTZ AS now, $as_of::TIMESTAMPTZ - to_hours(24 * $days::BIGINT) AS prior
),
lives AS (
    SELECT
        m.org_id,
        min(m.moved_at) AS born_at,
        arg_min(m.is_exact, m.version) AS is_exact,
        max_by(struct_pack(place := m.place, status := m.status, priority := m.priority), m.version)
            FILTER (m.moved_at <= e.prior) AS was,
        max_by(struct_pack(place := m.place, status := m.status, priority := m.priority), m.version)
            AS now
    FROM ticket_moves AS m
    CROSS JOIN edges AS e
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = m.org_id AND l.ticket_id = m.ticket_id
    WHERE m.moved_at <= e.now AND ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
    GROUP BY m.org_id, m.ticket_id
),
states AS (
    SELECT false AS is_prior, e.now AS instant, l.org_id, l.born_at, l.is_exact, l.now AS last
    FROM lives AS l CROSS JOIN edges AS e
    UNION ALL
    SELECT true, e.prior, l.org_id, l.born_at, l.is_exact, l.was
    FROM lives AS l CROSS JOIN edges AS e
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
