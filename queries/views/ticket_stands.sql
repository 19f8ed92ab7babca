/*---
title = "From when to when each unresolved ticket stood how"
dear = true
grain = "one row per ticket and move after which it is unresolved"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_stands AS
WITH moves AS (
    SELECT
        org_id,
        ticket_id,
        place,
        status,
        priority,
        moved_at AS since,
        lead(moved_at) OVER in_order AS until,
        first_value(moved_at) OVER in_order AS born_at,
        first_value(is_exact) OVER in_order AS is_exact
    FROM ticket_moves
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
SELECT * EXCLUDE (place)
FROM moves
WHERE place = 'active'
