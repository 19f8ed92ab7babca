/*---
title = "Distribution of reply and resolution times"
question = "How many tickets get a first reply, and a resolution, within which time, counting those still waiting?"
grain = "one row per organisation, metric and stretch of time"
key = ["org_id", "metric", "bin"]
period = "tickets created"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
metric = { type = "VARCHAR", help = "first_reply_time, or full_resolution_time: up to the last closing, of tickets now closed" }
bin = { type = "VARCHAR", help = "stretch of calendar time, upper end not included: 0-5m, 5-15m, 15-60m, 1-4h, 4-8h, 8-24h, 1-2d, 2-4d, 4-7d, 7-14d, 14-30d, 30-90d, 90d+" }
bin_from_s = { type = "BIGINT", unit = "s", help = "its lower end" }
done = { type = "BIGINT", help = "tickets that took so long" }
running = { type = "BIGINT", help = "tickets still without one that are already so old" }
cancelled = { type = "BIGINT", help = "tickets archived so long after their creation without one" }
km_done_share = { type = "DOUBLE", help = "share done before the upper end after Kaplan and Meier: those without one count as at least their age, or the time up to the archive" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the organisation that were created in the period" }
---*/
WITH born AS (
    SELECT org_id, ticket_id, place
    FROM ticket_milestones
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE born.instant <= $as_of::TIMESTAMPTZ
        AND born.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND born.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
excluded AS (
    SELECT
        org_id,
        count(*) FILTER (place = 'deleted') AS tickets_excluded
    FROM born
    GROUP BY org_id
),
times AS (
    SELECT v.org_id, v.metric, v.outcome, v.calendar_us AS us
    FROM reach_times AS v
    JOIN born AS b ON b.org_id = v.org_id AND b.ticket_id = v.ticket_id
    WHERE v.metric IN ('first_reply_time', 'full_resolution_time') AND b.place <> 'deleted'
),
populations AS ( -- to sort millions of times by a number is faster than by two names
    SELECT *, row_number() OVER (ORDER BY org_id, metric) AS population
    FROM (SELECT DISTINCT org_id, metric FROM times)
),
steps AS ( -- as in `resolution_times`
    SELECT
        population,
        us,
        outcome,
        row_number() OVER (PARTITION BY population ORDER BY us DESC, outcome = 'fulfil') AS at_risk
    FROM times
    JOIN populations USING (org_id, metric)
),
survival AS (
    SELECT
        *,
        1 - product(CASE WHEN outcome = 'fulfil' THEN 1 - 1 / at_risk ELSE 1 END) OVER (
            PARTITION BY population ORDER BY at_risk DESC ROWS UNBOUNDED PRECEDING
        ) AS done_share
    FROM steps
),
bins AS (
    FROM (
        VALUES
            ('0-5m', 0::BIGINT),
            ('5-15m', 300),
            ('15-60m', 900),
            ('1-4h', 3600),
            ('4-8h', 14400),
            ('8-24h', 28800),
            ('1-2d', 86400),
            ('2-4d', 172800),
            ('4-7d', 345600),
            ('7-14d', 604800),
            ('14-30d', 1209600),
            ('30-90d', 2592000),
            ('90d+', 7776000)
    ) AS b (bin, from_s)
),
counted AS (
    SELECT
        s.population,
        b.from_s,
        count(*) FILTER (s.outcome = 'fulfil') AS done,
        count(*) FILTER (s.outcome = 'run') AS running,
        count(*) FILTER (s.outcome = 'cancel') AS cancelled,
        max(s.done_share) AS done_share
    FROM survival AS s
    ASOF JOIN bins AS b ON s.us >= b.from_s * 1000000
    GROUP BY s.population, b.from_s
),
grid AS (
    SELECT e.org_id, m.metric, p.population, b.*, e.tickets_excluded
    FROM excluded AS e
    CROSS JOIN (VALUES ('first_reply_time'), ('full_resolution_time')) AS m (metric)
    CROSS JOIN bins AS b
    LEFT JOIN populations AS p ON p.org_id = e.org_id AND p.metric = m.metric
)
SELECT
    g.org_id,
    g.metric,
    g.bin,
    g.from_s AS bin_from_s,
    coalesce(c.done, 0) AS done,
    coalesce(c.running, 0) AS running,
    coalesce(c.cancelled, 0) AS cancelled,
    coalesce(
        max(c.done_share) OVER (
            PARTITION BY g.org_id, g.metric ORDER BY g.from_s ROWS UNBOUNDED PRECEDING
        ),
        0
    ) AS km_done_share,
    g.tickets_excluded
FROM grid AS g
LEFT JOIN counted AS c ON c.population = g.population AND c.from_s = g.from_s
ORDER BY g.org_id, g.metric, g.from_s
