/*---
title = "Steps of a ticket from one status to the next, deletions aside, and which it made before"
dear = true
grain = "one row per ticket and step; its creation is none"
internal = true
---*/
-- A step is rework if the ticket had the status before. When the ticket last made the same step tells
-- whether it is the first of a period: to count tickets so is faster than to tell their names apart.
CREATE OR REPLACE VIEW ticket_steps AS
WITH told AS (
    SELECT
        org_id,
        ticket_id,
        version,
        live_place_before = 'none' AS is_creation,
        coalesce(live_status_before, '(none)') AS source,
        coalesce(status, '(none)') AS target,
        moved_at
    FROM ticket_moves
    WHERE place <> 'deleted'
        AND (live_place_before = 'none' OR live_status_before IS DISTINCT FROM status)
),
compared AS (
    SELECT
        *,
        lag(moved_at) OVER (PARTITION BY org_id, ticket_id ORDER BY version) AS since,
        row_number() OVER (PARTITION BY org_id, ticket_id, target ORDER BY version) > 1 AS is_rework
    FROM told
)
SELECT
    c.org_id,
    c.ticket_id,
    c.version,
    c.source,
    c.target,
    c.since,
    c.moved_at,
    lag(c.moved_at) OVER same_step AS made_before_at,
    c.is_rework,
    lag(CASE WHEN c.is_rework THEN c.moved_at END) OVER same_step AS reworked_before_at,
    t.is_deleted
FROM compared AS c
JOIN tickets_all AS t ON t.org_id = c.org_id AND t.ticket_id = c.ticket_id
WHERE NOT c.is_creation
WINDOW same_step AS (PARTITION BY c.org_id, c.ticket_id, c.source, c.target ORDER BY c.version)
