/*---
title = "Cycle times"
question = "How long did each closed ticket take, what is usual now, and which stand out?"
grain = "one row per resolved ticket"
key = ["org_id", "ticket_id"]
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
rolling_sd_s = { type = "DOUBLE", unit = "s", help = "their standard deviation; NULL = one ticket" }
outlier = { type = "BOOLEAN", help = "lead time over the mean of the last tickets by more than three standard deviations; NULL = one ticket" }
quality = { type = "VARCHAR", help = "of the lead time" }
---*/
WITH resolved AS (
    SELECT
        org_id,
        ticket_id,
        resolved_at,
        cycle_time_calendar_s AS cycle_s,
        lead_time_calendar_s AS lead_s,
        (lead_time_calendar_s * 1e6)::HUGEINT AS lead_us,
        lead_time_quality AS quality
    FROM ticket_metrics
    WHERE resolved_at <= $as_of::TIMESTAMPTZ
        AND place <> 'deleted'
        AND (org_id, ticket_id) IN (
            FROM chosen_tickets($org_id, $assignee, $priority, $label, $property)
        )
),
rolled AS (
    SELECT
        *,
        quantile_cont(lead_s, 0.5) OVER last_tickets AS rolling_p50_s,
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
    org_id,
    ticket_id,
    resolved_at::TIMESTAMP AS resolved_at_local,
    cycle_s,
    lead_s,
    rolling_p50_s,
    rolling_sd_s,
    lead_s > sum_us / n / 1e6 + 3 * rolling_sd_s AS outlier,
    quality
FROM spread
WHERE resolved_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND resolved_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
ORDER BY org_id, resolved_at, ticket_id
