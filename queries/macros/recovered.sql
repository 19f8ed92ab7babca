/*---
title = "What was known of a ticket before an event, with the fields a loss changed as the event tells them"
internal = true
---*/
CREATE OR REPLACE MACRO recovered(lost, former, before) AS struct_pack(
    chat_id := CASE WHEN contains(lost, 'chat_id') THEN before.chat_id ELSE former.chat_id END,
    status := CASE WHEN contains(lost, 'status') THEN before.status ELSE former.status END,
    subject := CASE WHEN contains(lost, 'subject') THEN before.subject ELSE former.subject END,
    priority := CASE WHEN contains(lost, 'priority') THEN before.priority ELSE former.priority END,
    assignee := CASE WHEN contains(lost, 'assignee') THEN before.assignee ELSE former.assignee END,
    assigned_by := CASE WHEN contains(lost, 'assigned_by') THEN before.assigned_by ELSE former.assigned_by END,
    raised_by := CASE WHEN contains(lost, 'raised_by') THEN before.raised_by ELSE former.raised_by END,
    created_at := CASE WHEN contains(lost, 'created_at') THEN before.created_at ELSE former.created_at END,
    due_date := CASE WHEN contains(lost, 'due_date') THEN before.due_date ELSE former.due_date END,
    closed_at := CASE WHEN contains(lost, 'closed_at') THEN before.closed_at ELSE former.closed_at END,
    closed_by := CASE WHEN contains(lost, 'closed_by') THEN before.closed_by ELSE former.closed_by END,
    closed_message := CASE WHEN contains(lost, 'closed_message') THEN before.closed_message ELSE former.closed_message END,
    first_assigned_at := CASE WHEN contains(lost, 'first_assigned_at') THEN before.first_assigned_at ELSE former.first_assigned_at END,
    quoted_message_id := CASE WHEN contains(lost, 'quoted_message_id') THEN before.quoted_message_id ELSE former.quoted_message_id END,
    labels := CASE WHEN contains(lost, 'labels') THEN before.labels ELSE former.labels END,
    custom_properties := CASE WHEN contains(lost, 'custom_properties') THEN before.custom_properties ELSE former.custom_properties END,
    is_deleted := CASE WHEN contains(lost, 'is_deleted') THEN before.is_deleted ELSE former.is_deleted END
)
