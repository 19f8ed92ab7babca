/*---
title = "Where each ticket went: into the backlog, out of it, from one holder to another"
grain = "one row per ticket and version that changed status, assignee, priority, chat or deletion"
internal = true
kept = true
---*/
-- The first move is the creation, from the place none. A move is exact unless its instant is hidden;
-- `told` has the bounds of it. An assignee without a name holds nothing. A deletion that is undone
-- closes and reopens nothing: what comes back is compared with what it was before the deletion, which
-- is in the columns `live_…_before`. When a ticket was closed that is first seen closed is not known:
-- it is a resolution without a date.
CREATE OR REPLACE VIEW ticket_moves AS
WITH compared AS (
    SELECT
        *,
        coalesce(lag(place) OVER in_order, 'none') AS place_before,
        last_value(
            CASE
                WHEN place <> 'deleted'
                THEN struct_pack(place := place, status := status, assignee := assignee,
                    priority := priority)
            END
            IGNORE NULLS
        ) OVER (
            PARTITION BY org_id, ticket_id
            ORDER BY version
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS live_before,
        lag(status) OVER in_order AS status_before,
        lag(assignee) OVER in_order AS assignee_before,
        lag(priority) OVER in_order AS priority_before,
        lag(chat_id) OVER in_order AS chat_id_before
    FROM ticket_stays
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
SELECT
    org_id,
    ticket_id,
    version,
    since AS moved_at,
    told_at(since, since_earliest, since_latest, event_id) AS told,
    chat_id,
    place_before,
    coalesce(live_before.place, 'none') AS live_place_before,
    place,
    status_before,
    live_before.status AS live_status_before,
    status,
    assignee_before,
    assignee,
    nullif(assignee_before, '') AS holder_before,
    nullif(live_before.assignee, '') AS live_holder_before,
    nullif(assignee, '') AS holder,
    priority_before,
    live_before.priority AS live_priority_before,
    priority,
    closed_by,
    place = 'resolved' AND live_place_before <> 'resolved' AS is_resolution,
    is_resolution AND (version > 1 OR is_start_seen) AS is_dated_resolution,
    place = 'active' AND live_place_before = 'resolved' AS is_reopen,
    place = 'active' AND live_place_before = 'removed' AS is_unarchival,
    is_start_seen AS is_exact,
    event_id
FROM compared
WHERE place_before <> place
    OR status_before IS DISTINCT FROM status
    OR assignee_before IS DISTINCT FROM assignee
    OR priority_before IS DISTINCT FROM priority
    OR chat_id_before IS DISTINCT FROM chat_id
