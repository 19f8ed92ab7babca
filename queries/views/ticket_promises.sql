/*---
title = "How many open promises to each ticket are broken, and when the next one will be"
dear = true
grain = "one row per ticket with an open promise"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_promises AS
SELECT
    org_id,
    ticket_id,
    count(*) FILTER (state = 'active_breached') AS broken_promises,
    min(breach_at) FILTER (state = 'active') AS next_breach_at
FROM sla
WHERE state IN ('active', 'active_breached')
GROUP BY org_id, ticket_id
