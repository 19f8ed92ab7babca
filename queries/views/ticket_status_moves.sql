/*---
title = "Moves of a ticket to another status, its creation first: since when it had the status before, and who made it"
dear = true
grain = "one row per ticket and change of status"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_status_moves AS
SELECT
    org_id,
    ticket_id,
    version,
    field = 'creation' AS is_creation,
    status_before,
    status,
    moved_at,
    is_exact,
    lag(moved_at) OVER (PARTITION BY org_id, ticket_id ORDER BY version) AS since,
    actor
FROM ticket_actors
WHERE field IN ('creation', 'status')
