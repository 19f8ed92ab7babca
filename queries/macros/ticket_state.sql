/*---
title = "The state of a ticket as plain values; a field never mentioned is NULL"
internal = true
---*/
CREATE OR REPLACE MACRO ticket_state(fields) AS struct_pack(
    chat_id := fields.chat_id.v,
    status := fields.status.v,
    subject := fields.subject.v,
    priority := fields.priority.v,
    assignee := fields.assignee.v,
    assigned_by := fields.assigned_by.v,
    raised_by := fields.raised_by.v,
    created_at := fields.created_at.v,
    due_date := fields.due_date.v,
    closed_at := fields.closed_at.v,
    closed_by := fields.closed_by.v,
    closed_message := fields.closed_message.v,
    first_assigned_at := fields.first_assigned_at.v,
    quoted_message_id := fields.quoted_message_id.v,
    labels := fields.labels.v,
    custom_properties := fields.custom_properties.v::JSON,
    is_deleted := coalesce(fields.is_deleted.v, false)
)
