/*---
title = "Cycle times"
question = "How long did each closed ticket take, what is usual now, and which stand out?"
grain = "one row per resolved ticket"
key = ["org_id", "ticket_id"]
cut_by = "resolved_at_local"
period = "tickets resolved"

[params.window]
type = "BIGINT"
help = "how many tickets, up to this one, the rolling figures look at"
default = 20

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
resolved_at_local = { type = "TIMESTAMP", help = "its lasting closing, on the clock of the time zone" }
cycle_s = { type = "DOUBLE", unit = "s", help = "first in progress to the closing; NULL = never in progress" }
lead_s = { type = "DOUBLE", unit = "s", help = "creation to the closing" }
rolling_p50_s = { type = "DOUBLE", unit = "s", help = "median lead time of the last tickets resolved in the organisation" }
rolling_p85_s = { type = "DOUBLE", unit = "s", help = "85 % of them took no longer" }
rolling_sd_s = { type = "DOUBLE", unit = "s", help = "their standard deviation; NULL = one ticket" }
outlier = { type = "BOOLEAN", help = "lead time over the mean of the last tickets by more than three standard deviations; NULL = one ticket" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the organisation that were resolved, whatever the period" }
quality = { type = "VARCHAR", help = "of the lead time" }
---*/
WITH taken AS (
    SELECT
        org_id,
        ticket_id,
        any_value(calendar_us) FILTER (metric = 'cycle_time') AS cycle_us,
        any_value(calendar_us) FILTER (metric = 'lead_time') AS lead_us,
        any_value(duration_quality(low_us, high_us)) FILTER (metric = 'lead_time') AS quality
    FROM reach_times
    WHERE metric IN ('cycle_time', 'lead_time') AND outcome = 'fulfil'
    GROUP BY org_id, ticket_id
),
found AS (
    SELECT
        m.org_id,
        m.ticket_id,
        m.finally_resolved.instant AS resolved_at,
        t.cycle_us / 1e6 AS cycle_s,
        t.lead_us / 1e6 AS lead_s,
        t.lead_us::HUGEINT AS lead_us,
        t.quality,
        m.place = 'deleted' AS is_deleted
    FROM ticket_milestones AS m
    JOIN taken AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = m.org_id AND l.ticket_id = m.ticket_id
    WHERE m.finally_resolved.instant <= $as_of::TIMESTAMPTZ
        AND ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
),
resolved AS (
    SELECT *
    FROM found
    WHERE NOT is_deleted
),
excluded AS (
    SELECT org_id, count(*) AS tickets_excluded
    FROM found
    WHERE is_deleted
    GROUP BY org_id
),
rolled AS (
    SELECT
        *,
        quantile_cont(lead_s, [0.5, 0.85]) OVER last_tickets AS rolling,
        count(*) OVER last_tickets AS n,
        sum(lead_us) OVER last_tickets AS sum_us,
        sum(lead_us * lead_us) OVER last_tickets AS sum_of_squares
    FROM resolved
    WINDOW last_tickets AS (
        PARTITION BY org_id ORDER BY resolved_at, ticket_id
        ROWS BETWEEN $window::BIGINT - 1 PRECEDING AND CURRENT ROW
    )
),
spread AS (
    SELECT
        *,
        CASE WHEN n > 1 THEN sqrt((n * sum_of_squares - sum_us * sum_us) / (n * (n - 1))) / 1e6 END
            AS rolling_sd_s
    FROM rolled
)
SELECT
    s.org_id,
    s.ticket_id,
    s.resolved_at::TIMESTAMP AS resolved_at_local,
    s.cycle_s,
    s.lead_s,
    s.rolling[1] AS rolling_p50_s,
    s.rolling[2] AS rolling_p85_s,
    s.rolling_sd_s,
    s.lead_s > s.sum_us / s.n / 1e6 + 3 * s.rolling_sd_s AS outlier,
    coalesce(e.tickets_excluded, 0) AS tickets_excluded,
    s.quality
FROM spread AS s
LEFT JOIN excluded AS e ON e.org_id = s.org_id
WHERE s.resolved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND s.resolved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
ORDER BY s.org_id, s.resolved_at, s.ticket_id
