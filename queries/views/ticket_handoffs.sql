/*---
title = "When each ticket was handed from one assignee to another"
dear = true
grain = "one row per hand-off"
internal = true
---*/
-- What is told of a deleted ticket is none: what comes back is compared with what it was. What was
-- made before is as in `ticket_status_moves`.
CREATE OR REPLACE VIEW ticket_handoffs AS
WITH assignments AS (
    SELECT
        org_id,
        ticket_id,
        version,
        moved_at,
        is_exact,
        live_holder_before AS from_assignee,
        holder AS to_assignee,
        lag(moved_at) OVER in_order AS assigned_at
    FROM ticket_moves
    WHERE place <> 'deleted'
        AND (live_place_before = 'none' OR live_holder_before IS DISTINCT FROM holder)
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
),
returns AS (
    SELECT org_id, ticket_id, version
    FROM ticket_counted_moves
    WHERE name = 'ping_pongs'
)
SELECT
    a.org_id,
    a.ticket_id,
    a.version,
    a.moved_at,
    a.is_exact,
    a.from_assignee,
    a.to_assignee,
    a.assigned_at,
    nullif(h.assigned_by, '') AS assigned_by,
    r.version IS NOT NULL AS is_ping_pong,
    lag(a.moved_at) OVER (
        PARTITION BY
            a.org_id, a.ticket_id, a.from_assignee, a.to_assignee, nullif(h.assigned_by, '')
        ORDER BY a.version
    ) AS made_before_at,
    t.is_deleted
FROM assignments AS a
JOIN ticket_history AS h
    ON h.org_id = a.org_id AND h.ticket_id = a.ticket_id AND h.version = a.version
JOIN tickets_all AS t ON t.org_id = a.org_id AND t.ticket_id = a.ticket_id
LEFT JOIN returns AS r
    ON r.org_id = a.org_id AND r.ticket_id = a.ticket_id AND r.version = a.version
WHERE a.from_assignee <> a.to_assignee
