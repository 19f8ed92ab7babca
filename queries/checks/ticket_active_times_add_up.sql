/*---
title = "The times of a ticket on hold and not on hold are its times in active statuses"
grain = "one row per ticket whose active times are longer or shorter"
---*/
WITH times AS (
    SELECT
        org_id,
        ticket_id,
        coalesce(sum(calendar_us) FILTER (metric = 'active_time'), 0) AS active_us,
        coalesce(sum(calendar_us) FILTER (metric = 'status_time'), 0) AS statuses_us
    FROM ticket_metric_values
    WHERE metric = 'active_time'
        OR (metric = 'status_time' AND status_class(value) = 'active')
    GROUP BY org_id, ticket_id
)
SELECT org_id, ticket_id, active_us, statuses_us
FROM times
WHERE active_us <> statuses_us
ORDER BY ALL
