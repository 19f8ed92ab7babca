/*---
title = "What each ticket event says: its image, and the old values it declares"
grain = "one row per event"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_images AS
SELECT
    org_id,
    ticket_id,
    event_at,
    event_rank(event_type, 'ticket') AS rank,
    event_id,
    event_type,
    event_type = 'ticket.snapshot' AS is_snapshot,
    previous_state,
    ticket_before_keys IS NOT NULL AND ticket_before_keys <> ',' AS declares,
    ticket_fields(ticket_keys, ticket) AS image,
    ticket_fields(ticket_before_keys, ticket_before) AS declared
FROM ledger_events
WHERE object_type = 'ticket'
