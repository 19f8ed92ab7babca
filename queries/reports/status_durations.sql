/*---
title = "Status durations"
question = "How long do tickets stay in each status?"
grain = "one row per organisation and status"
key = ["org_id", "status"]

[params.as_of]
type = "TIMESTAMPTZ"
help = "open visits end here; only events at or before this instant count; default: the last event"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
status = { type = "VARCHAR", help = "status" }
tickets = { type = "BIGINT", help = "tickets that were in it, each once" }
visits = { type = "BIGINT", help = "times a ticket entered it" }
total_s = { type = "DOUBLE", unit = "s", help = "time spent in it, all tickets together" }
mean_s = { type = "DOUBLE", unit = "s", help = "mean time of a visit" }
p50_s = { type = "DOUBLE", unit = "s", help = "median time of a visit" }
p90_s = { type = "DOUBLE", unit = "s", help = "time that nine of ten visits do not exceed" }
share_of_age = { type = "DOUBLE", help = "share of the age of all tickets together; deleted and archived time is no age" }
tickets_excluded = { type = "BIGINT", help = "tickets of the organisation that are deleted; they count up to the deletion" }
quality_share_exact = { type = "DOUBLE", help = "share of visits whose start was seen" }
---*/
WITH visits AS (
    SELECT
        org_id,
        status,
        is_first_visit,
        microseconds_between(since, coalesce(until, $as_of::TIMESTAMPTZ)) AS visit_us,
        is_exact
    FROM ticket_spans
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
excluded AS (
    FROM deleted_tickets($org_id, $assignee, $priority, $label, $property)
)
SELECT
    v.org_id,
    v.status,
    count(*) FILTER (v.is_first_visit) AS tickets,
    count(*) AS visits,
    sum(v.visit_us) / 1e6 AS total_s,
    avg(v.visit_us) / 1e6 AS mean_s,
    quantile_cont(v.visit_us, 0.5) / 1e6 AS p50_s,
    quantile_cont(v.visit_us, 0.9) / 1e6 AS p90_s,
    CASE
        WHEN sum(sum(v.visit_us)) OVER (PARTITION BY v.org_id) > 0
        THEN sum(v.visit_us) / sum(sum(v.visit_us)) OVER (PARTITION BY v.org_id)
    END AS share_of_age,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded,
    count(*) FILTER (v.is_exact) / count(*) AS quality_share_exact
FROM visits AS v
LEFT JOIN excluded AS e ON e.org_id = v.org_id
GROUP BY v.org_id, v.status
ORDER BY v.org_id, v.status NULLS LAST
