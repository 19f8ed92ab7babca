/*---
title = "Resolution times"
question = "How long does it take to close a ticket, for the first time and for good, and how long counting those still open?"
grain = "one row per organisation, metric and clock"
key = ["org_id", "metric", "clock"]
period = "tickets resolved or created"

[params.basis]
type = "VARCHAR"
help = "which tickets: those resolved in the period (throughput) or those created in it (cohort)"
default = "resolved"
choices = ["resolved", "created"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
metric = { type = "VARCHAR", help = "first_resolution_time: up to the first closing; full_resolution_time: up to the last one, of tickets now closed" }
clock = { type = "VARCHAR", help = "calendar or business" }
resolved_tickets = { type = "BIGINT", help = "tickets with such a time" }
mean_s = { type = "DOUBLE", unit = "s", help = "mean" }
p50_s = { type = "DOUBLE", unit = "s", help = "median" }
p75_s = { type = "DOUBLE", unit = "s", help = "three of four took no longer" }
p85_s = { type = "DOUBLE", unit = "s", help = "85 % took no longer" }
p95_s = { type = "DOUBLE", unit = "s", help = "95 % took no longer" }
km_p50_s = { type = "DOUBLE", unit = "s", help = "median after Kaplan and Meier: tickets created in the period, those without such a time counted as at least their age; NULL = not reached" }
km_p85_s = { type = "DOUBLE", unit = "s", help = "the same for 85 %" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets" }
quality_share_exact = { type = "DOUBLE", help = "share of the times that no lost event blurs; NULL = none" }
---*/
WITH tickets_of_period AS (
    SELECT
        *,
        born.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
            AND born.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ) AS is_born_in_period
    FROM ticket_milestones
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE born.instant <= $as_of::TIMESTAMPTZ
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
ends AS (
    SELECT org_id, ticket_id, is_born_in_period, unnest([
        {metric: 'first_resolution_time', resolved: first_resolved},
        {metric: 'full_resolution_time', resolved: now_resolved}
    ], max_depth := 2)
    FROM tickets_of_period
    WHERE place <> 'deleted'
),
times AS (
    SELECT
        v.org_id,
        v.metric,
        v.outcome = 'fulfil' AS is_done,
        duration_quality(v.low_us, v.high_us) AS quality,
        e.is_born_in_period,
        CASE
            WHEN $basis::VARCHAR = 'created' THEN e.is_born_in_period
            ELSE e.resolved.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
                AND e.resolved.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        END AS is_in_period,
        unnest([
            {clock: 'calendar', us: v.calendar_us},
            {clock: 'business', us: v.business_us}
        ], max_depth := 2)
    FROM reach_times AS v
    JOIN ends AS e
        ON e.org_id = v.org_id AND e.ticket_id = v.ticket_id AND e.metric = v.metric
    WHERE v.metric IN ('first_resolution_time', 'full_resolution_time') -- else all are measured
),
populations AS ( -- to sort millions of times by a number is twice as fast as by three names
    SELECT *, row_number() OVER (ORDER BY org_id, metric, clock) AS population
    FROM (SELECT DISTINCT org_id, metric, clock FROM times)
),
steps AS ( -- who is done at an instant is so one after the other, before who is no longer watched
    SELECT
        population,
        us,
        is_done,
        row_number() OVER (PARTITION BY population ORDER BY us DESC, is_done) AS at_risk
    FROM times
    JOIN populations USING (org_id, metric, clock)
    WHERE is_born_in_period
),
survival AS (
    SELECT
        population,
        us,
        product(CASE WHEN is_done THEN 1 - 1 / at_risk ELSE 1 END) OVER (
            PARTITION BY population ORDER BY at_risk DESC ROWS UNBOUNDED PRECEDING
        ) AS surviving
    FROM steps
),
estimates AS (
    SELECT
        org_id,
        metric,
        clock,
        min(us) FILTER (surviving <= 0.5 + 1e-9) / 1e6 AS km_p50_s,
        min(us) FILTER (surviving <= 0.15 + 1e-9) / 1e6 AS km_p85_s
    FROM survival
    JOIN populations USING (population)
    GROUP BY org_id, metric, clock
),
excluded AS (
    SELECT org_id, count(*) AS tickets_excluded
    FROM tickets_of_period
    WHERE place = 'deleted'
    GROUP BY org_id
)
SELECT
    t.org_id,
    t.metric,
    t.clock,
    count(*) FILTER (t.is_done AND t.is_in_period) AS resolved_tickets,
    avg(t.us) FILTER (t.is_done AND t.is_in_period) / 1e6 AS mean_s,
    quantile_cont(t.us, 0.5) FILTER (t.is_done AND t.is_in_period) / 1e6 AS p50_s,
    quantile_cont(t.us, 0.75) FILTER (t.is_done AND t.is_in_period) / 1e6 AS p75_s,
    quantile_cont(t.us, 0.85) FILTER (t.is_done AND t.is_in_period) / 1e6 AS p85_s,
    quantile_cont(t.us, 0.95) FILTER (t.is_done AND t.is_in_period) / 1e6 AS p95_s,
    any_value(k.km_p50_s) AS km_p50_s,
    any_value(k.km_p85_s) AS km_p85_s,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded,
    CASE
        WHEN count(*) FILTER (t.is_done AND t.is_in_period) > 0
        THEN count(*) FILTER (t.is_done AND t.is_in_period AND t.quality = 'exact')
            / count(*) FILTER (t.is_done AND t.is_in_period)
    END AS quality_share_exact
FROM times AS t
LEFT JOIN estimates AS k ON k.org_id = t.org_id AND k.metric = t.metric AND k.clock = t.clock
LEFT JOIN excluded AS e ON e.org_id = t.org_id
GROUP BY t.org_id, t.metric, t.clock
ORDER BY t.org_id, t.metric, t.clock
