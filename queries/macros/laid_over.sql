/*---
title = "Fields of a ticket laid over others"
internal = true
---*/
CREATE OR REPLACE MACRO laid_over(upper, under) AS struct_pack(
    chat_id := coalesce(upper.chat_id, under.chat_id),
    status := coalesce(upper.status, under.status),
    subject := coalesce(upper.subject, under.subject),
    priority := coalesce(upper.priority, under.priority),
    assignee := coalesce(upper.assignee, under.assignee),
    assigned_by := coalesce(upper.assigned_by, under.assigned_by),
    raised_by := coalesce(upper.raised_by, under.raised_by),
    created_at := coalesce(upper.created_at, under.created_at),
    due_date := coalesce(upper.due_date, under.due_date),
    closed_at := coalesce(upper.closed_at, under.closed_at),
    closed_by := coalesce(upper.closed_by, under.closed_by),
    closed_message := coalesce(upper.closed_message, under.closed_message),
    first_assigned_at := coalesce(upper.first_assigned_at, under.first_assigned_at),
    quoted_message_id := coalesce(upper.quoted_message_id, under.quoted_message_id),
    labels := coalesce(upper.labels, under.labels),
    custom_properties := coalesce(upper.custom_properties, under.custom_properties),
    is_deleted := coalesce(upper.is_deleted, under.is_deleted)
)
