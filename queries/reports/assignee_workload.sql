/*---
title = "Workload by assignee"
question = "Who holds how much, what came to them and what left?"
grain = "one row per organisation and assignee"
key = ["org_id", "assignee"]

[params.from]
type = "TIMESTAMPTZ"
help = "start of the period, included; default: the beginning"
optional = true

[params.to]
type = "TIMESTAMPTZ"
help = "end of the period, not included; default: as_of, included"
optional = true

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
assignee = { type = "VARCHAR", help = "who holds the ticket; NULL = nobody" }
opening = { type = "BIGINT", help = "unresolved tickets held when the period begins" }
arrived = { type = "BIGINT", help = "tickets that became unresolved in these hands: created, reopened, restored" }
reassigned_in = { type = "BIGINT", help = "unresolved tickets taken over, also from nobody" }
reassigned_out = { type = "BIGINT", help = "unresolved tickets handed on, also to nobody" }
resolved = { type = "BIGINT", help = "closed in these hands" }
removed = { type = "BIGINT", help = "archived, deleted or given a status of class other in these hands" }
closing = { type = "BIGINT", help = "opening + arrived + reassigned_in - reassigned_out - resolved - removed" }
wip_avg = { type = "DOUBLE", help = "average number of unresolved tickets held over the period; NULL = the period has no length" }
hold_time_p50_s = { type = "DOUBLE", unit = "s", help = "median time in these hands, of what left them in the period" }
quality_share_exact = { type = "DOUBLE", help = "share of the moves whose instant was seen; NULL = no move" }
---*/
WITH holds AS (
    SELECT
        org_id,
        assignee,
        began.instant AS since,
        ended.instant AS until,
        is_exact,
        came_from = 'active' AS is_taken_over,
        goes_to
    FROM ticket_holds
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE began.instant <= $as_of::TIMESTAMPTZ
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
period AS (
    SELECT
        org_id,
        coalesce($from::TIMESTAMPTZ, min(since)) AS since,
        coalesce($to::TIMESTAMPTZ, $as_of::TIMESTAMPTZ + INTERVAL 1 MICROSECOND) AS until
    FROM holds
    GROUP BY org_id
),
placed AS (
    SELECT
        h.*,
        p.since AS period_since,
        p.until AS period_until,
        h.since < p.since AND (h.until IS NULL OR h.until >= p.since) AS is_opening,
        h.since >= p.since AND h.since < p.until AS came,
        h.until >= p.since AND h.until < p.until AS went,
        microseconds_between(
            greatest(h.since, p.since), least(coalesce(h.until, p.until), p.until)
        ) AS held_us
    FROM holds AS h
    JOIN period AS p ON p.org_id = h.org_id
),
counted AS (
    SELECT
        org_id,
        assignee,
        count(*) FILTER (is_opening) AS opening,
        count(*) FILTER (came AND NOT is_taken_over) AS arrived,
        count(*) FILTER (came AND is_taken_over) AS reassigned_in,
        count(*) FILTER (went AND goes_to = 'active') AS reassigned_out,
        count(*) FILTER (went AND goes_to = 'resolved') AS resolved,
        count(*) FILTER (went AND goes_to NOT IN ('active', 'resolved')) AS removed,
        sum(held_us)
            / nullif(microseconds_between(any_value(period_since), any_value(period_until)), 0)
            AS wip_avg,
        quantile_cont(microseconds_between(since, until), 0.5) FILTER (went) / 1e6
            AS hold_time_p50_s,
        count(*) FILTER (came OR went) AS moves,
        count(*) FILTER ((came OR went) AND is_exact) AS exact
    FROM placed
    GROUP BY org_id, assignee
)
SELECT
    org_id,
    assignee,
    opening,
    arrived,
    reassigned_in,
    reassigned_out,
    resolved,
    removed,
    opening + arrived + reassigned_in - reassigned_out - resolved - removed AS closing,
    wip_avg,
    hold_time_p50_s,
    CASE WHEN moves > 0 THEN exact / moves END AS quality_share_exact
FROM counted
WHERE opening > 0 OR moves > 0
ORDER BY org_id, assignee NULLS FIRST
