/*---
title = "Fields of a ticket, without those that another image does not tell"
internal = true
---*/
CREATE OR REPLACE MACRO where_told(fields, image) AS struct_pack(
    chat_id := CASE WHEN image.chat_id IS NOT NULL THEN fields.chat_id END,
    status := CASE WHEN image.status IS NOT NULL THEN fields.status END,
    subject := CASE WHEN image.subject IS NOT NULL THEN fields.subject END,
    priority := CASE WHEN image.priority IS NOT NULL THEN fields.priority END,
    assignee := CASE WHEN image.assignee IS NOT NULL THEN fields.assignee END,
    assigned_by := CASE WHEN image.assigned_by IS NOT NULL THEN fields.assigned_by END,
    raised_by := CASE WHEN image.raised_by IS NOT NULL THEN fields.raised_by END,
    created_at := CASE WHEN image.created_at IS NOT NULL THEN fields.created_at END,
    due_date := CASE WHEN image.due_date IS NOT NULL THEN fields.due_date END,
    closed_at := CASE WHEN image.closed_at IS NOT NULL THEN fields.closed_at END,
    closed_by := CASE WHEN image.closed_by IS NOT NULL THEN fields.closed_by END,
    closed_message := CASE WHEN image.closed_message IS NOT NULL THEN fields.closed_message END,
    first_assigned_at := CASE WHEN image.first_assigned_at IS NOT NULL THEN fields.first_assigned_at END,
    quoted_message_id := CASE WHEN image.quoted_message_id IS NOT NULL THEN fields.quoted_message_id END,
    labels := CASE WHEN image.labels IS NOT NULL THEN fields.labels END,
    custom_properties := CASE WHEN image.custom_properties IS NOT NULL THEN fields.custom_properties END,
    is_deleted := CASE WHEN image.is_deleted IS NOT NULL THEN fields.is_deleted END
)
