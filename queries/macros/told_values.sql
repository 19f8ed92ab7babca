/*---
title = "What an event shows of each tracked field it tells, and what old value it claims, as JSON"
internal = true
---*/
CREATE OR REPLACE MACRO told_values(image, before) AS list_filter(
    [
        {'field': 'assigned_by', 'is_told': image.assigned_by IS NOT NULL, 'shown': to_json(image.assigned_by.v), 'is_claimed': before.assigned_by IS NOT NULL, 'claimed': to_json(before.assigned_by.v)},
        {'field': 'assignee', 'is_told': image.assignee IS NOT NULL, 'shown': to_json(image.assignee.v), 'is_claimed': before.assignee IS NOT NULL, 'claimed': to_json(before.assignee.v)},
        {'field': 'chat_id', 'is_told': image.chat_id IS NOT NULL, 'shown': to_json(image.chat_id.v), 'is_claimed': before.chat_id IS NOT NULL, 'claimed': to_json(before.chat_id.v)},
        {'field': 'closed_at', 'is_told': image.closed_at IS NOT NULL, 'shown': to_json(iso(image.closed_at).v), 'is_claimed': before.closed_at IS NOT NULL, 'claimed': to_json(iso(before.closed_at).v)},
        {'field': 'closed_by', 'is_told': image.closed_by IS NOT NULL, 'shown': to_json(image.closed_by.v), 'is_claimed': before.closed_by IS NOT NULL, 'claimed': to_json(before.closed_by.v)},
        {'field': 'closed_message', 'is_told': image.closed_message IS NOT NULL, 'shown': to_json(image.closed_message.v), 'is_claimed': before.closed_message IS NOT NULL, 'claimed': to_json(before.closed_message.v)},
        {'field': 'created_at', 'is_told': image.created_at IS NOT NULL, 'shown': to_json(iso(image.created_at).v), 'is_claimed': before.created_at IS NOT NULL, 'claimed': to_json(iso(before.created_at).v)},
        {'field': 'custom_properties', 'is_told': image.custom_properties IS NOT NULL, 'shown': to_json(as_json(image.custom_properties).v), 'is_claimed': before.custom_properties IS NOT NULL, 'claimed': to_json(as_json(before.custom_properties).v)},
        {'field': 'due_date', 'is_told': image.due_date IS NOT NULL, 'shown': to_json(iso(image.due_date).v), 'is_claimed': before.due_date IS NOT NULL, 'claimed': to_json(iso(before.due_date).v)},
        {'field': 'first_assigned_at', 'is_told': image.first_assigned_at IS NOT NULL, 'shown': to_json(iso(image.first_assigned_at).v), 'is_claimed': before.first_assigned_at IS NOT NULL, 'claimed': to_json(iso(before.first_assigned_at).v)},
        {'field': 'is_deleted', 'is_told': image.is_deleted IS NOT NULL, 'shown': to_json(image.is_deleted.v), 'is_claimed': before.is_deleted IS NOT NULL, 'claimed': to_json(before.is_deleted.v)},
        {'field': 'labels', 'is_told': image.labels IS NOT NULL, 'shown': to_json(image.labels.v), 'is_claimed': before.labels IS NOT NULL, 'claimed': to_json(before.labels.v)},
        {'field': 'priority', 'is_told': image.priority IS NOT NULL, 'shown': to_json(image.priority.v), 'is_claimed': before.priority IS NOT NULL, 'claimed': to_json(before.priority.v)},
        {'field': 'quoted_message_id', 'is_told': image.quoted_message_id IS NOT NULL, 'shown': to_json(image.quoted_message_id.v), 'is_claimed': before.quoted_message_id IS NOT NULL, 'claimed': to_json(before.quoted_message_id.v)},
        {'field': 'raised_by', 'is_told': image.raised_by IS NOT NULL, 'shown': to_json(image.raised_by.v), 'is_claimed': before.raised_by IS NOT NULL, 'claimed': to_json(before.raised_by.v)},
        {'field': 'status', 'is_told': image.status IS NOT NULL, 'shown': to_json(image.status.v), 'is_claimed': before.status IS NOT NULL, 'claimed': to_json(before.status.v)},
        {'field': 'subject', 'is_told': image.subject IS NOT NULL, 'shown': to_json(image.subject.v), 'is_claimed': before.subject IS NOT NULL, 'claimed': to_json(before.subject.v)}
    ],
    lambda told: told.is_told
)
