/*---
title = "The tracked fields of a stored ticket: {v} when its key was present, null or not; else NULL"
internal = true
---*/
CREATE OR REPLACE MACRO ticket_fields(keys, ticket) AS struct_pack(
    chat_id := present(keys, 'chat_id', ticket.chat_id),
    status := present(keys, 'status', known_status(ticket.status)),
    subject := present(keys, 'subject', ticket.subject),
    priority := present(keys, 'priority', ticket.priority),
    assignee := present(keys, 'assignee', ticket.assignee),
    assigned_by := present(keys, 'assigned_by', ticket.assigned_by),
    raised_by := present(keys, 'raised_by', ticket.raised_by),
    created_at := present(keys, 'created_at', known_instant(ticket.created_at)),
    due_date := present(keys, 'due_date', known_instant(ticket.due_date)),
    closed_at := present(keys, 'closed_at', known_instant(ticket.closed_at)),
    closed_by := present(keys, 'closed_by', ticket.closed_by),
    closed_message := present(keys, 'closed_message', ticket.closed_message),
    first_assigned_at := present(keys, 'first_assigned_at', known_instant(ticket.first_assigned_at)),
    quoted_message_id := present(keys, 'quoted_message_id', ticket.quoted_message_id),
    labels := present(keys, 'labels', ticket.labels),
    custom_properties := present(keys, 'custom_properties', ticket.custom_properties),
    is_deleted := present(keys, 'is_deleted', ticket.is_deleted)
)
