/*---
title = "What the audit log says of tickets, and who did it"
grain = "one row per row of an audit log that names somebody"
internal = true
kept = true
---*/
CREATE OR REPLACE VIEW audit_rows AS
SELECT
    org_id,
    ticket_id,
    event_id,
    event_at,
    event_type,
    ticket_before_keys AS before_keys,
    known_status(ticket.status) AS status,
    known_status(ticket_before.status) AS status_before,
    ticket.priority AS priority,
    envelope::JSON ->> '$.performed_by' AS actor
FROM ledger_events
WHERE form = 'audit_log'
    AND object_type = 'ticket'
    AND envelope::JSON ->> '$.performed_by' <> ''
