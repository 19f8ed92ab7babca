/*---
title = "Creations of tickets and changes of their status and of their priority, with what the ticket itself says of who did it"
grain = "one row per ticket, version and field that changed with it: creation, status or priority"
internal = true
---*/
-- A creation tells who raised the ticket, a closing who closed it.
CREATE OR REPLACE VIEW ticket_acts AS
WITH moves AS (
    SELECT
        org_id,
        ticket_id,
        version,
        moved_at,
        status_before,
        status,
        priority_before,
        priority,
        is_exact,
        closed_by,
        is_resolution
    FROM ticket_moves
)
SELECT m.* EXCLUDE (closed_by, is_resolution), 'creation' AS field, t.raised_by AS said
FROM moves AS m
JOIN tickets_all AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
WHERE m.version = 1
UNION ALL
SELECT * EXCLUDE (closed_by, is_resolution), 'status', CASE WHEN is_resolution THEN closed_by END
FROM moves
WHERE version > 1 AND status_before IS DISTINCT FROM status
UNION ALL
SELECT * EXCLUDE (closed_by, is_resolution), 'priority', NULL
FROM moves
WHERE version > 1 AND priority_before IS DISTINCT FROM priority
