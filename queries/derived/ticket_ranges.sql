/*---
title = "Ranges of tickets that have about as many events each: first and last, in order"
internal = true
---*/
WITH told AS (
    SELECT
        org_id,
        ticket_id,
        (sum(event_count) OVER (ORDER BY org_id, ticket_id) - 1) // getvariable('range_events')
            AS range
    FROM tickets_all
)
SELECT unnest(min((org_id, ticket_id))), unnest(max((org_id, ticket_id)))
FROM told
GROUP BY range
ORDER BY range
