/*---
title = "Where each ticket went: into the backlog, out of it, from one holder to another"
grain = "one row per ticket and version that changed status, assignee, priority or deletion"
internal = true
---*/
-- A place is active, resolved, removed (archived), other or deleted; none before the creation. The
-- first move is the creation: as reported when the first event is the creation itself, otherwise
-- with the first state that is known. A move is exact unless a lost event hides when it was.
CREATE OR REPLACE VIEW ticket_moves AS
WITH creations AS (
    SELECT org_id, ticket_id
    FROM ledger_events
    WHERE event_type = 'ticket.created'
    GROUP BY org_id, ticket_id
),
versions AS (
    SELECT
        h.org_id,
        h.ticket_id,
        h.version,
        h.chat_id,
        h.event_id,
        h.status,
        h.assignee,
        h.priority,
        CASE WHEN h.is_deleted THEN 'deleted' ELSE status_class(h.status) END AS place,
        CASE
            WHEN h.version = 1 AND c.ticket_id IS NOT NULL
            THEN least(coalesce(h.created_at, h.valid_from), h.valid_from)
            ELSE h.valid_from
        END AS moved_at,
        h.evidence <> 'declared' AND (h.version > 1 OR c.ticket_id IS NOT NULL) AS is_exact
    FROM ticket_history AS h
    LEFT JOIN creations AS c ON c.org_id = h.org_id AND c.ticket_id = h.ticket_id
),
compared AS (
    SELECT
        *,
        coalesce(lag(place) OVER in_order, 'none') AS place_before,
        lag(status) OVER in_order AS status_before,
        lag(assignee) OVER in_order AS assignee_before,
        lag(priority) OVER in_order AS priority_before
    FROM versions
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
SELECT
    org_id,
    ticket_id,
    version,
    moved_at,
    chat_id,
    place_before,
    place,
    status_before,
    status,
    assignee_before,
    assignee,
    priority_before,
    priority,
    is_exact,
    event_id
FROM compared
WHERE place_before <> place
    OR status_before IS DISTINCT FROM status
    OR assignee_before IS DISTINCT FROM assignee
    OR priority_before IS DISTINCT FROM priority
