/*---
title = "From when each ticket was in each version of its state, and in which place"
grain = "one row per ticket and version"
internal = true
---*/
-- A place is active, resolved, removed (archived), other or deleted. The first version begins at the
-- reported creation when the first event is the creation itself; otherwise with the first state that
-- is known. A beginning was seen unless a lost event hides it or it lies before the first event.
CREATE OR REPLACE VIEW ticket_stays AS
WITH creations AS (
    SELECT org_id, ticket_id
    FROM ledger_events
    WHERE event_type = 'ticket.created'
    GROUP BY org_id, ticket_id
)
SELECT
    h.org_id,
    h.ticket_id,
    h.version,
    CASE
        WHEN h.version = 1 AND c.ticket_id IS NOT NULL
        THEN least(coalesce(h.created_at, h.valid_from), h.valid_from)
        ELSE h.valid_from
    END AS since,
    h.valid_to AS until,
    CASE WHEN h.is_deleted THEN 'deleted' ELSE status_class(h.status) END AS place,
    h.chat_id,
    h.status,
    h.assignee,
    h.priority,
    h.closed_by,
    h.event_id,
    h.evidence = 'declared' AS is_declared,
    h.evidence <> 'declared' AND (h.version > 1 OR c.ticket_id IS NOT NULL) AS is_start_seen
FROM ticket_history AS h
LEFT JOIN creations AS c ON c.org_id = h.org_id AND c.ticket_id = h.ticket_id
