/*---
title = "Ways through the process"
question = "Which ways do tickets take through the statuses, how common is each and how long does it take?"
grain = "one row per organisation and sequence of statuses"
key = ["org_id", "variant"]
period = "tickets created"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
variant = { type = "VARCHAR", help = "statuses in order, joined by ` > `; a ticket that is still active ends where it is" }
cases = { type = "BIGINT", help = "tickets that went this way" }
share = { type = "DOUBLE", help = "of all tickets of the organisation" }
cum_share = { type = "DOUBLE", help = "share of this and all more common ways" }
lead_p50_s = { type = "DOUBLE", unit = "s", help = "median lead time of those that are resolved for good" }
rework_cases = { type = "BIGINT", help = "of these, tickets that came back to a status" }
active_cases = { type = "BIGINT", help = "of these, tickets that are active: their way is not over" }
example_ticket = { type = "VARCHAR", help = "the first of them by id" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the period" }
---*/
WITH chosen AS (
    SELECT
        org_id,
        ticket_id,
        place,
        microseconds_between(born.instant, finally_resolved.instant) AS lead_us
    FROM ticket_milestones
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE born.instant <= $as_of::TIMESTAMPTZ
        AND born.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND born.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
excluded AS (
    SELECT org_id, count(*) AS tickets_excluded
    FROM chosen
    WHERE place = 'deleted'
    GROUP BY org_id
),
counted AS (
    SELECT
        c.org_id,
        w.variant,
        count(*) AS cases,
        quantile_cont(c.lead_us, 0.5) / 1e6 AS lead_p50_s,
        count(*) FILTER (w.is_rework) AS rework_cases,
        count(*) FILTER (c.place = 'active') AS active_cases,
        min(c.ticket_id) AS example_ticket
    FROM chosen AS c
    JOIN ticket_variants AS w ON w.org_id = c.org_id AND w.ticket_id = c.ticket_id
    WHERE c.place <> 'deleted'
    GROUP BY c.org_id, w.variant
)
SELECT
    c.org_id,
    c.variant,
    c.cases,
    c.cases / sum(c.cases) OVER (PARTITION BY c.org_id) AS share,
    sum(c.cases) OVER (
        PARTITION BY c.org_id ORDER BY c.cases DESC, c.variant ROWS UNBOUNDED PRECEDING
    ) / sum(c.cases) OVER (PARTITION BY c.org_id) AS cum_share,
    c.lead_p50_s,
    c.rework_cases,
    c.active_cases,
    c.example_ticket,
    coalesce(e.tickets_excluded, 0) AS tickets_excluded
FROM counted AS c
LEFT JOIN excluded AS e ON e.org_id = c.org_id
ORDER BY c.org_id, c.cases DESC, c.variant
