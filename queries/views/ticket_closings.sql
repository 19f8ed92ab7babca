/*---
title = "When each ticket was closed, by whom, and when it was reopened"
dear = true
grain = "one row per closing with a date"
internal = true
---*/
-- What was made before is as in `ticket_status_moves`.
CREATE OR REPLACE VIEW ticket_closings AS
WITH turns AS ( -- deletions apart: they close and reopen nothing
    SELECT
        *,
        coalesce(nullif(closed_by, ''), nullif(assignee, '')) AS closer,
        lead(moved_at) OVER in_order AS next_at,
        lead(is_reopen) OVER in_order AS is_next_reopen
    FROM ticket_moves
    WHERE place <> 'deleted'
        AND live_place_before <> place
        AND moved_at <= (SELECT instant FROM asked_at)
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
SELECT
    u.org_id,
    u.ticket_id,
    u.version,
    u.moved_at,
    u.closer,
    u.is_exact,
    CASE WHEN u.is_next_reopen THEN u.next_at END AS reopened_at,
    lag(u.moved_at) OVER (PARTITION BY u.org_id, u.ticket_id, u.closer ORDER BY u.version)
        AS made_before_at,
    t.is_deleted
FROM turns AS u
JOIN tickets_all AS t ON t.org_id = u.org_id AND t.ticket_id = u.ticket_id
WHERE u.is_dated_resolution
