/*---
title = "Every ticket as it was at an instant"
---*/
CREATE OR REPLACE MACRO tickets_at(as_of) AS TABLE
SELECT
    org_id,
    ticket_id,
    chat_id,
    status,
    subject,
    priority,
    assignee,
    assigned_by,
    raised_by,
    created_at,
    due_date,
    closed_at,
    closed_by,
    closed_message,
    first_assigned_at,
    quoted_message_id,
    labels,
    custom_properties,
    is_deleted,
    deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count
FROM tickets_all_at(as_of)
WHERE NOT is_deleted
