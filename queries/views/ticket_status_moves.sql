/*---
title = "Moves of a ticket to another status, its creation first: since when it had the status before, and who made it"
grain = "one row per ticket and change of status"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_status_moves AS
SELECT
    m.org_id,
    m.ticket_id,
    m.version,
    m.status_before,
    m.status,
    m.moved_at,
    m.is_exact,
    lag(m.moved_at) OVER (PARTITION BY m.org_id, m.ticket_id ORDER BY m.version) AS since,
    a.actor
FROM ticket_moves AS m
LEFT JOIN ticket_actors AS a
    ON a.org_id = m.org_id
    AND a.ticket_id = m.ticket_id
    AND a.version = m.version
    AND a.field IN ('creation', 'status')
WHERE m.version = 1 OR m.status_before IS DISTINCT FROM m.status
