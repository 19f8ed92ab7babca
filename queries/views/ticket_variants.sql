/*---
title = "The statuses that each ticket went through, in order, deletions aside"
dear = true
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_variants AS
SELECT
    org_id,
    ticket_id,
    string_agg(coalesce(status, '(none)'), ' > ' ORDER BY version) AS variant,
    count(*) > count(DISTINCT coalesce(status, '(none)')) AS is_rework
FROM ticket_moves
WHERE place <> 'deleted'
    AND (live_place_before = 'none' OR live_status_before IS DISTINCT FROM status)
GROUP BY org_id, ticket_id
