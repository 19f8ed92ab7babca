/*---
title = "Creations of tickets and changes of their status and of their priority, with what the ticket itself says of who did it"
grain = "one row per ticket, version and field that changed with it: creation, status or priority"
internal = true
---*/
-- A creation tells who raised the ticket, a closing who closed it. What is told of a deleted ticket is
-- no act: what comes back is compared with what it was before the deletion.
CREATE OR REPLACE VIEW ticket_acts AS
WITH moves AS (
    SELECT
        org_id,
        ticket_id,
        version,
        moved_at,
        live_place_before = 'none' AS is_first,
        live_status_before AS status_before,
        status,
        live_priority_before AS priority_before,
        priority,
        is_exact,
        CASE WHEN is_resolution THEN closed_by END AS closer
    FROM ticket_moves
    WHERE place <> 'deleted'
)
SELECT m.* EXCLUDE (is_first, closer), 'creation' AS field, t.raised_by AS said
FROM moves AS m
JOIN tickets_all AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
WHERE m.is_first
UNION ALL
SELECT * EXCLUDE (is_first, closer), 'status', closer
FROM moves
WHERE NOT is_first AND status_before IS DISTINCT FROM status
UNION ALL
SELECT * EXCLUDE (is_first, closer), 'priority', NULL
FROM moves
WHERE NOT is_first AND priority_before IS DISTINCT FROM priority
