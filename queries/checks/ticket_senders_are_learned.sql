/*---
title = "What is learned of senders is there once for every organisation with tickets"
grain = "one row per organisation of which that is not so"
---*/
SELECT org_id, count(*) FILTER (NOT is_event) AS rows_found
FROM (
    SELECT DISTINCT org_id, true AS is_event
    FROM ledger_events
    WHERE object_type = 'ticket'
    UNION ALL
    SELECT org_id, false
    FROM ticket_senders
)
GROUP BY org_id
HAVING count(*) FILTER (NOT is_event) <> 1 OR count(*) <> 2
ORDER BY org_id
