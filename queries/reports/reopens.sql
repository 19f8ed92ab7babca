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
quality_share_exact = { type = "DOUBLE", help = "share of closings whose instant was seen" }
---*/
WITH turns AS (
    SELECT
        *,
        lead(moved_at) OVER in_order AS next_at,
        lead(place) OVER in_order AS next_place
    FROM ticket_moves
    WHERE place_before <> place AND moved_at <= $as_of::TIMESTAMPTZ
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
),
resolutions AS (
    SELECT
        org_id,
        ticket_id,
        coalesce(nullif(closed_by, ''), nullif(assignee, '')) AS closer,
        is_exact,
        microseconds_between(moved_at, $as_of::TIMESTAMPTZ) AS age_us,
        CASE WHEN next_place = 'active' THEN microseconds_between(moved_at, next_at) END
            AS reopened_us
    FROM turns
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE place = 'resolved'
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
        AND moved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND moved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
)
SELECT
    org_id,
    closer,
    count(*) AS resolutions,
    count(DISTINCT ticket_id) AS tickets,
    count(reopened_us) AS reopens,
    count(reopened_us) / count(*) AS reopen_rate,
    quantile_cont(reopened_us, 0.5) / 1e6 AS time_to_reopen_p50_s,
    avg((coalesce(reopened_us > 604800000000, true))::INTEGER) FILTER (age_us >= 604800000000)
        AS sticky_7d,
    avg((coalesce(reopened_us > 2592000000000, true))::INTEGER) FILTER (age_us >= 2592000000000)
        AS sticky_30d,
    count(*) FILTER (is_exact) / count(*) AS quality_share_exact
FROM resolutions
GROUP BY org_id, closer
ORDER BY org_id, closer NULLS FIRST
