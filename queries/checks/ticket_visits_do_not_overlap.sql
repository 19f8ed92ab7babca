/*---
title = "The times in each status of a ticket never overlap"
grain = "one row per visit that begins before the one before has ended"
---*/
SELECT *
FROM (
    SELECT
        org_id,
        ticket_id,
        visit,
        since,
        until,
        lag(until) OVER in_order AS former_until,
        lag(visit) OVER in_order AS former_visit
    FROM ticket_spans
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY visit)
)
WHERE since > until OR since < former_until OR (former_visit IS NOT NULL AND former_until IS NULL)
ORDER BY org_id, ticket_id, visit
