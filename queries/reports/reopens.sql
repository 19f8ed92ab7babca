/*---
title = "Reopened tickets"
question = "How often does a closed ticket come back, how soon, and whose closings last?"
grain = "one row per organisation and closer"
key = ["org_id", "closer"]
period = "closings"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
closer = { type = "VARCHAR", help = "closed_by, else the assignee at the closing; NULL = neither is known" }
resolutions = { type = "BIGINT", help = "closings in the period" }
tickets = { type = "BIGINT", help = "tickets closed in the period, each once" }
reopens = { type = "BIGINT", help = "of these closings, those undone by as_of: from closed back to an active status" }
reopen_rate = { type = "DOUBLE", help = "reopens / resolutions" }
time_to_reopen_p50_s = { type = "DOUBLE", unit = "s", help = "median time from the closing to its reopening" }
sticky_7d = { type = "DOUBLE", help = "share of closings not undone within 7 days, of those 7 days old" }
sticky_30d = { type = "DOUBLE", help = "the same for 30 days" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the organisation with a closing in the period" }
quality_share_exact = { type = "DOUBLE", help = "share of closings whose instant was seen" }
---*/
WITH closings AS (
    SELECT
        *,
        microseconds_between(moved_at, $as_of::TIMESTAMPTZ) AS age_us,
        microseconds_between(moved_at, reopened_at) AS reopened_us,
        is_first_since(made_before_at, $from) AS is_first
    FROM ticket_closings
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE ($org_id::VARCHAR IS NULL OR org_id = $org_id)
        AND moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
),
excluded AS (
    SELECT org_id, count(DISTINCT ticket_id) AS tickets_excluded
    FROM closings
    WHERE is_deleted
    GROUP BY org_id
)
SELECT
    c.org_id,
    c.closer,
    count(*) AS resolutions,
    count(*) FILTER (c.is_first) AS tickets,
    count(c.reopened_us) AS reopens,
    count(c.reopened_us) / count(*) AS reopen_rate,
    quantile_cont(c.reopened_us, 0.5) / 1e6 AS time_to_reopen_p50_s,
    avg((coalesce(c.reopened_us > 604800000000, true))::INTEGER)
        FILTER (c.age_us >= 604800000000) AS sticky_7d,
    avg((coalesce(c.reopened_us > 2592000000000, true))::INTEGER)
        FILTER (c.age_us >= 2592000000000) AS sticky_30d,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded,
    count(*) FILTER (c.is_exact) / count(*) AS quality_share_exact
FROM closings AS c
LEFT JOIN excluded AS e ON e.org_id = c.org_id
WHERE NOT c.is_deleted
GROUP BY c.org_id, c.closer
ORDER BY c.org_id, c.closer NULLS FIRST
