/*---
title = "The fields of a ticket's state by name, each value as JSON text; NULL = none"
internal = true
---*/
-- No labels are none, told or not: a ticket without them is `[]` or was never said to have any.
CREATE OR REPLACE MACRO ticket_values(ticket) AS [
    {'field': 'chat_id', 'value': to_json(ticket.chat_id)::VARCHAR},
    {'field': 'status', 'value': to_json(ticket.status)::VARCHAR},
    {'field': 'subject', 'value': to_json(ticket.subject)::VARCHAR},
    {'field': 'priority', 'value': to_json(ticket.priority)::VARCHAR},
    {'field': 'assignee', 'value': to_json(ticket.assignee)::VARCHAR},
    {'field': 'assigned_by', 'value': to_json(ticket.assigned_by)::VARCHAR},
    {'field': 'raised_by', 'value': to_json(ticket.raised_by)::VARCHAR},
    {'field': 'created_at', 'value': to_json(iso({'v': ticket.created_at}).v)::VARCHAR},
    {'field': 'due_date', 'value': to_json(iso({'v': ticket.due_date}).v)::VARCHAR},
    {'field': 'closed_at', 'value': to_json(iso({'v': ticket.closed_at}).v)::VARCHAR},
    {'field': 'closed_by', 'value': to_json(ticket.closed_by)::VARCHAR},
    {'field': 'closed_message', 'value': to_json(ticket.closed_message)::VARCHAR},
    {'field': 'first_assigned_at', 'value': to_json(iso({'v': ticket.first_assigned_at}).v)::VARCHAR},
    {'field': 'quoted_message_id', 'value': to_json(ticket.quoted_message_id)::VARCHAR},
    {'field': 'labels', 'value': nullif(to_json(ticket.labels)::VARCHAR, '[]')},
    {'field': 'custom_properties', 'value': ticket.custom_properties::VARCHAR},
    {'field': 'is_deleted', 'value': to_json(ticket.is_deleted)::VARCHAR}
]
