/*---
title = "From when each ticket was in each version of its state, and in which place"
grain = "one row per ticket and version"
internal = true
---*/
-- A place is active, resolved, removed (archived), other or deleted. The first version begins at the
-- reported creation when the first event is the creation itself; otherwise with the first state that
-- is known. A beginning was seen unless a lost event hides it or it lies before the first event; then
-- it has bounds, of which the earlier one is NULL if nothing tells of the creation.
CREATE OR REPLACE VIEW ticket_stays AS
WITH creations AS (
    SELECT org_id, ticket_id
    FROM ledger_events
    WHERE event_type = 'ticket.created'
    GROUP BY org_id, ticket_id
),
starts AS (
    SELECT
        h.*,
        CASE
            WHEN h.version = 1 AND c.ticket_id IS NOT NULL
            THEN least(coalesce(h.created_at, h.valid_from), h.valid_from)
            ELSE h.valid_from
        END AS since,
        h.evidence <> 'declared' AND (h.version > 1 OR c.ticket_id IS NOT NULL) AS is_start_seen
    FROM ticket_history AS h
    LEFT JOIN creations AS c ON c.org_id = h.org_id AND c.ticket_id = h.ticket_id
)
SELECT
    org_id,
    ticket_id,
    version,
    since,
    valid_to AS until,
    CASE
        WHEN is_start_seen THEN since
        WHEN evidence = 'declared' THEN valid_from_earliest
        WHEN created_at < valid_from THEN created_at
    END AS since_earliest,
    CASE WHEN is_start_seen THEN since ELSE valid_from_latest END AS since_latest,
    place_of(status, is_deleted) AS place,
    chat_id,
    status,
    assignee,
    priority,
    closed_by,
    event_id,
    evidence = 'declared' AS is_declared,
    is_start_seen
FROM starts
