/*---
title = "A state of a ticket as one number, to find equal ones; without the fields a sender leaves out"
internal = true
---*/
CREATE OR REPLACE MACRO ticket_node(fields, unreported) AS md5_number(to_json(struct_pack(
    chat_id := CASE WHEN NOT has(unreported, 'chat_id') THEN fields.chat_id END,
    status := CASE WHEN NOT has(unreported, 'status') THEN fields.status END,
    subject := CASE WHEN NOT has(unreported, 'subject') THEN fields.subject END,
    priority := CASE WHEN NOT has(unreported, 'priority') THEN fields.priority END,
    assignee := CASE WHEN NOT has(unreported, 'assignee') THEN fields.assignee END,
    assigned_by := CASE WHEN NOT has(unreported, 'assigned_by') THEN fields.assigned_by END,
    raised_by := CASE WHEN NOT has(unreported, 'raised_by') THEN fields.raised_by END,
    created_at := CASE WHEN NOT has(unreported, 'created_at') THEN fields.created_at END,
    due_date := CASE WHEN NOT has(unreported, 'due_date') THEN fields.due_date END,
    closed_at := CASE WHEN NOT has(unreported, 'closed_at') THEN fields.closed_at END,
    closed_by := CASE WHEN NOT has(unreported, 'closed_by') THEN fields.closed_by END,
    closed_message := CASE WHEN NOT has(unreported, 'closed_message') THEN fields.closed_message END,
    first_assigned_at := CASE WHEN NOT has(unreported, 'first_assigned_at') THEN fields.first_assigned_at END,
    quoted_message_id := CASE WHEN NOT has(unreported, 'quoted_message_id') THEN fields.quoted_message_id END,
    labels := CASE WHEN NOT has(unreported, 'labels') THEN fields.labels END,
    custom_properties := CASE
        WHEN fields.custom_properties IS NOT NULL AND NOT has(unreported, 'custom_properties')
        THEN {'v': properties_of(fields.custom_properties.v)}
    END,
    is_deleted := CASE WHEN NOT has(unreported, 'is_deleted') THEN fields.is_deleted END
))::VARCHAR)
