/*---
title = "One field of a ticket's state as JSON text; NULL = none, no labels included"
internal = true
---*/
CREATE OR REPLACE MACRO ticket_value(field, ticket) AS CASE field
    WHEN 'chat_id' THEN to_json(ticket.chat_id)::VARCHAR
    WHEN 'status' THEN to_json(ticket.status)::VARCHAR
    WHEN 'subject' THEN to_json(ticket.subject)::VARCHAR
    WHEN 'priority' THEN to_json(ticket.priority)::VARCHAR
    WHEN 'assignee' THEN to_json(ticket.assignee)::VARCHAR
    WHEN 'assigned_by' THEN to_json(ticket.assigned_by)::VARCHAR
    WHEN 'raised_by' THEN to_json(ticket.raised_by)::VARCHAR
    WHEN 'created_at' THEN to_json(iso({'v': ticket.created_at}).v)::VARCHAR
    WHEN 'due_date' THEN to_json(iso({'v': ticket.due_date}).v)::VARCHAR
    WHEN 'closed_at' THEN to_json(iso({'v': ticket.closed_at}).v)::VARCHAR
    WHEN 'closed_by' THEN to_json(ticket.closed_by)::VARCHAR
    WHEN 'closed_message' THEN to_json(ticket.closed_message)::VARCHAR
    WHEN 'first_assigned_at' THEN to_json(iso({'v': ticket.first_assigned_at}).v)::VARCHAR
    WHEN 'quoted_message_id' THEN to_json(ticket.quoted_message_id)::VARCHAR
    WHEN 'labels' THEN nullif(to_json(ticket.labels)::VARCHAR, '[]')
    WHEN 'custom_properties' THEN to_json(ticket.custom_properties)::VARCHAR
    WHEN 'is_deleted' THEN to_json(ticket.is_deleted)::VARCHAR
END
