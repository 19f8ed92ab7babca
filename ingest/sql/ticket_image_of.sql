-- The stored columns of a ticket that `is_plain_ticket`.
CREATE OR REPLACE MACRO ticket_image_of(t, chat_id, custom_properties, is_deleted) AS {
    'chat_id': chat_id,
    'status': text_of(t.status),
    'subject': text_of(t.subject),
    'priority': TRY_CAST(trim(t.priority, '"') AS SMALLINT),
    'assignee': text_of(t.assignee),
    'assigned_by': text_of(t.assigned_by),
    'raised_by': text_of(t.raised_by),
    'created_at': instant_of(t.created_at),
    'due_date': instant_of(t.due_date),
    'closed_at': instant_of(t.closed_at),
    'closed_by': text_of(t.closed_by),
    'closed_message': text_of(t.closed_message),
    'first_assigned_at': instant_of(t.first_assigned_at),
    'quoted_message_id': text_of(t.quoted_message_id),
    'labels': labels_of(t.ticket_labels),
    'custom_properties': custom_properties,
    'is_deleted': is_deleted,
    'last_updated_at': NULL::TIMESTAMPTZ,
    'last_updated_by': NULL::VARCHAR,
    'response_time': NULL::DOUBLE
}
