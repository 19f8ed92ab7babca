/*---
title = "Who held each ticket while it was unresolved"
dear = true
grain = "one row per ticket and stretch of one assignee, NULL for nobody"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_holds AS
WITH turns AS (
    SELECT
        org_id,
        ticket_id,
        row_number() OVER in_order AS hold,
        holder AS assignee,
        place = 'active' AS is_active,
        is_exact AND coalesce(lead(is_exact) OVER in_order, true) AS is_exact,
        place_before AS came_from,
        lead(place) OVER in_order AS goes_to,
        told AS began,
        lead(told) OVER in_order AS ended
    FROM ticket_moves
    WHERE version = 1
        OR holder_before IS DISTINCT FROM holder
        OR (place = 'active') <> (place_before = 'active')
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
SELECT * EXCLUDE (is_active)
FROM turns
WHERE is_active
