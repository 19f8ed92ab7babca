/*---
title = "What was known of each ticket after each of its events"
grain = "one row per event"
internal = true
---*/
-- A field is a struct {v} holding the value of the last event in which its key was present,
-- null included; the struct itself is null while the field was never mentioned.
CREATE OR REPLACE VIEW ticket_folds AS
SELECT
    org_id,
    ticket_id,
    event_at,
    event_id,
    form,
    ticket_keys AS keys,
    ticket_before_keys AS before_keys,
    ticket_before AS before,
    row_number() OVER so_far AS seq,
    min(event_at) FILTER (form <> 'snapshot') OVER so_far AS first_event_at,
    max(event_at) FILTER (form <> 'snapshot') OVER so_far AS last_event_at,
    last_value(CASE WHEN form <> 'snapshot' THEN event_id END IGNORE NULLS) OVER so_far
        AS last_event_id,
    count(*) FILTER (form <> 'snapshot') OVER so_far AS event_count,
    last_value(present(ticket_keys, 'chat_id', ticket.chat_id) IGNORE NULLS) OVER so_far AS chat_id,
    last_value(present(ticket_keys, 'status', ticket.status) IGNORE NULLS) OVER so_far AS status,
    last_value(present(ticket_keys, 'subject', ticket.subject) IGNORE NULLS) OVER so_far AS subject,
    last_value(present(ticket_keys, 'priority', ticket.priority) IGNORE NULLS) OVER so_far
        AS priority,
    last_value(present(ticket_keys, 'assignee', ticket.assignee) IGNORE NULLS) OVER so_far
        AS assignee,
    last_value(present(ticket_keys, 'assigned_by', ticket.assigned_by) IGNORE NULLS) OVER so_far
        AS assigned_by,
    last_value(present(ticket_keys, 'raised_by', ticket.raised_by) IGNORE NULLS) OVER so_far
        AS raised_by,
    last_value(present(ticket_keys, 'created_at', ticket.created_at) IGNORE NULLS) OVER so_far
        AS created_at,
    last_value(present(ticket_keys, 'due_date', ticket.due_date) IGNORE NULLS) OVER so_far
        AS due_date,
    last_value(present(ticket_keys, 'closed_at', ticket.closed_at) IGNORE NULLS) OVER so_far
        AS closed_at,
    last_value(present(ticket_keys, 'closed_by', ticket.closed_by) IGNORE NULLS) OVER so_far
        AS closed_by,
    last_value(present(ticket_keys, 'closed_message', ticket.closed_message) IGNORE NULLS) OVER so_far
        AS closed_message,
    last_value(present(ticket_keys, 'first_assigned_at', ticket.first_assigned_at) IGNORE NULLS) OVER so_far
        AS first_assigned_at,
    last_value(present(ticket_keys, 'quoted_message_id', ticket.quoted_message_id) IGNORE NULLS) OVER so_far
        AS quoted_message_id,
    last_value(present(ticket_keys, 'labels', ticket.labels) IGNORE NULLS) OVER so_far AS labels,
    last_value(present(ticket_keys, 'custom_properties', ticket.custom_properties::JSON) IGNORE NULLS) OVER so_far
        AS custom_properties,
    last_value(present(ticket_keys, 'is_deleted', ticket.is_deleted) IGNORE NULLS) OVER so_far
        AS is_deleted
FROM ledger_events
WHERE object_type = 'ticket'
WINDOW so_far AS (
    PARTITION BY org_id, ticket_id
    ORDER BY event_at, event_rank(event_type, 'ticket'), event_id
    ROWS UNBOUNDED PRECEDING
)
