/*---
title = "How long each ticket kept each status, up to its removal or until now"
dear = true
grain = "one row per ticket and visit of a status"
internal = true
kept = true
---*/
-- A visit is exact unless it starts or ends in a gap or before the first event. Deleted and archived
-- time belongs to no visit.
CREATE OR REPLACE VIEW ticket_spans AS
WITH turns AS (
    SELECT
        org_id,
        ticket_id,
        row_number() OVER in_order AS visit,
        status,
        place IN ('deleted', 'removed') AS is_removed,
        is_exact AND coalesce(lead(is_exact) OVER in_order, true) AS is_exact,
        told AS began,
        lead(told) OVER in_order AS ended
    FROM ticket_moves
    WHERE version = 1
        OR status_before IS DISTINCT FROM status
        OR (place IN ('deleted', 'removed')) <> (place_before IN ('deleted', 'removed'))
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
SELECT
    org_id,
    ticket_id,
    visit,
    status,
    began.instant AS since,
    ended.instant AS until,
    is_exact,
    began,
    ended,
    row_number() OVER (PARTITION BY org_id, ticket_id, status ORDER BY visit) = 1 AS is_first_visit
FROM turns
WHERE NOT is_removed
