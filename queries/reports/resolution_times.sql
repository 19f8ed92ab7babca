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
        org_id,
        ticket_id,
        place,
        first_resolved.instant AS first_resolved_at,
        now_resolved.instant AS now_resolved_at,
        born.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
            AND born.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ) AS is_born_in_period
    FROM ticket_milestones
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE born.instant <= $as_of::TIMESTAMPTZ
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
ends AS (
    SELECT
        v.* EXCLUDE (outcome, low_us, high_us),
        v.outcome = 'fulfil' AS is_done,
        duration_quality(v.low_us, v.high_us) = 'exact' AS is_exact,
        t.is_born_in_period,
        CASE v.metric WHEN 'first_resolution_time' THEN t.first_resolved_at ELSE t.now_resolved_at END
            AS resolved_at
    FROM reach_times AS v
    JOIN tickets_of_period AS t ON t.org_id = v.org_id AND t.ticket_id = v.ticket_id
    WHERE v.metric IN ('first_resolution_time', 'full_resolution_time') -- else all are measured
        AND t.place <> 'deleted'
),
times AS (
    SELECT
        * EXCLUDE (resolved_at),
        CASE
            WHEN $basis::VARCHAR = 'created' THEN is_born_in_period
            ELSE resolved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
                AND resolved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        END AS is_in_period
    FROM ends
),
clocks AS ( -- both say the same where it is always open
    SELECT
        unnest(
            CASE
                WHEN bool_or(business_us IS DISTINCT FROM calendar_us) THEN ['calendar', 'business']
                ELSE ['calendar']
            END
        ) AS clock
    FROM times
),
populations AS ( -- to sort millions of times by a number is twice as fast as by three names
    SELECT *, row_number() OVER (ORDER BY org_id, metric, clock) AS population
    FROM (SELECT DISTINCT org_id, metric FROM times)
    CROSS JOIN clocks
),
measured AS (
    SELECT
        p.population,
        CASE p.clock WHEN 'calendar' THEN t.calendar_us ELSE t.business_us END AS us,
        t.is_done,
        t.is_exact,
        t.is_born_in_period,
        t.is_in_period
    FROM times AS t
    JOIN populations AS p ON p.org_id = t.org_id AND p.metric = t.metric
),
steps AS ( -- who is done at an instant is so one after the other, before who is no longer watched
    SELECT
        population,
        us,
        is_done,
        row_number() OVER (PARTITION BY population ORDER BY us DESC, is_done) AS at_risk
    FROM measured
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
        population,
        min(us) FILTER (surviving <= 0.5 + 1e-9) / 1e6 AS km_p50_s,
        min(us) FILTER (surviving <= 0.15 + 1e-9) / 1e6 AS km_p85_s
    FROM survival
    GROUP BY population
),
counted AS (
    SELECT
        population,
        count(*) FILTER (is_done AND is_in_period) AS resolved_tickets,
        avg(us) FILTER (is_done AND is_in_period) AS mean_us,
        quantile_cont(us, [0.5, 0.75, 0.85, 0.95]) FILTER (is_done AND is_in_period) AS quantiles_us,
        count(*) FILTER (is_done AND is_in_period AND is_exact) AS exact
    FROM measured
    GROUP BY population
),
excluded AS (
    SELECT org_id, count(*) AS tickets_excluded
    FROM tickets_of_period
    WHERE place = 'deleted'
    GROUP BY org_id
)
SELECT
    p.org_id,
    p.metric,
    s.clock,
    c.resolved_tickets,
    c.mean_us / 1e6 AS mean_s,
    c.quantiles_us[1] / 1e6 AS p50_s,
    c.quantiles_us[2] / 1e6 AS p75_s,
    c.quantiles_us[3] / 1e6 AS p85_s,
    c.quantiles_us[4] / 1e6 AS p95_s,
    k.km_p50_s,
    k.km_p85_s,
    coalesce(e.tickets_excluded, 0) AS tickets_excluded,
    CASE WHEN c.resolved_tickets > 0 THEN c.exact / c.resolved_tickets END AS quality_share_exact
FROM populations AS p
JOIN (VALUES ('calendar'), ('business')) AS s (clock)
    ON s.clock = p.clock OR (SELECT count(*) FROM clocks) = 1
JOIN counted AS c ON c.population = p.population
LEFT JOIN estimates AS k ON k.population = p.population
LEFT JOIN excluded AS e ON e.org_id = p.org_id
ORDER BY p.org_id, p.metric, s.clock
