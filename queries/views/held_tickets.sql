/*---
title = "Tickets that were on hold once"
dear = true
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW held_tickets AS
SELECT DISTINCT org_id, ticket_id
FROM ticket_active_times
WHERE is_on_hold
