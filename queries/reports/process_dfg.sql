/*---
title = "What follows what"
question = "Which status follows which, and where do tickets wait?"
grain = "one row per organisation and pair of statuses that follow each other"
key = ["org_id", "source", "target"]
period = "steps"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
source = { type = "VARCHAR", help = "status" }
target = { type = "VARCHAR", help = "the next one" }
events = { type = "BIGINT", help = "times it happened" }
cases = { type = "BIGINT", help = "tickets it happened to, each once" }
mean_s = { type = "DOUBLE", unit = "s", help = "mean time in the source before it" }
p50_s = { type = "DOUBLE", unit = "s", help = "median" }
p90_s = { type = "DOUBLE", unit = "s", help = "nine of ten took no longer" }
total_wait_s = { type = "DOUBLE", unit = "s", help = "sum: the largest is the bottleneck" }
rework_cases = { type = "BIGINT", help = "of these tickets, those that had been in the target before" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets" }
---*/
WITH steps AS (
    SELECT
        * EXCLUDE (is_rework),
        microseconds_between(since, moved_at) AS us,
        is_first_since(made_before_at, $from) AS is_first,
        is_rework
            AND is_first_since(reworked_before_at, $from)
            AS is_first_rework
    FROM ticket_steps
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE NOT is_deleted
        AND moved_at <= $as_of::TIMESTAMPTZ
        AND moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
excluded AS (
    FROM deleted_tickets($org_id, $assignee, $priority, $label, $property)
)
SELECT
    s.org_id,
    s.source,
    s.target,
    count(*) AS events,
    count(*) FILTER (s.is_first) AS cases,
    avg(s.us) / 1e6 AS mean_s,
    quantile_cont(s.us, 0.5) / 1e6 AS p50_s,
    quantile_cont(s.us, 0.9) / 1e6 AS p90_s,
    sum(s.us) / 1e6 AS total_wait_s,
    count(*) FILTER (s.is_first_rework) AS rework_cases,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded
FROM steps AS s
LEFT JOIN excluded AS e ON e.org_id = s.org_id
GROUP BY s.org_id, s.source, s.target
ORDER BY s.org_id, s.source, s.target
