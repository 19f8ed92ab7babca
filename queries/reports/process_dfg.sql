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
        org_id,
        ticket_id,
        live_place_before = 'none' AS is_first,
        coalesce(live_status_before, '(none)') AS source,
        coalesce(status, '(none)') AS target,
        version,
        moved_at,
        lag(moved_at) OVER in_order AS since,
        row_number() OVER (
            PARTITION BY org_id, ticket_id, coalesce(status, '(none)') ORDER BY version
        ) > 1 AS is_rework
    FROM ticket_moves
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE place <> 'deleted'
        AND (live_place_before = 'none' OR live_status_before IS DISTINCT FROM status)
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
),
excluded AS (
    FROM deleted_tickets($org_id, $assignee, $priority, $label, $property)
)
SELECT
    s.org_id,
    s.source,
    s.target,
    count(*) AS events,
    count(DISTINCT s.ticket_id) AS cases,
    avg(microseconds_between(s.since, s.moved_at)) / 1e6 AS mean_s,
    quantile_cont(microseconds_between(s.since, s.moved_at), 0.5) / 1e6 AS p50_s,
    quantile_cont(microseconds_between(s.since, s.moved_at), 0.9) / 1e6 AS p90_s,
    sum(microseconds_between(s.since, s.moved_at)) / 1e6 AS total_wait_s,
    count(DISTINCT CASE WHEN s.is_rework THEN s.ticket_id END) AS rework_cases,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded
FROM steps AS s
JOIN tickets_all AS t ON t.org_id = s.org_id AND t.ticket_id = s.ticket_id
LEFT JOIN excluded AS e ON e.org_id = s.org_id
WHERE NOT s.is_first
    AND NOT t.is_deleted
    AND s.moved_at <= $as_of::TIMESTAMPTZ
    AND s.moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND s.moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
GROUP BY s.org_id, s.source, s.target
ORDER BY s.org_id, s.source, s.target
