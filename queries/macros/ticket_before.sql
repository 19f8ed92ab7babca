/*---
title = "The tracked fields before an event: what it declares, else what its image says"
internal = true
---*/
-- A map of properties may be told whole or as its changed keys alone (`reads_keys`).
CREATE OR REPLACE MACRO ticket_before(image, declared, event_type, reads_keys) AS struct_pack(
    chat_id := coalesce(declared.chat_id, image.chat_id),
    status := coalesce(declared.status, image.status),
    subject := coalesce(declared.subject, image.subject),
    priority := coalesce(declared.priority, image.priority),
    assignee := coalesce(declared.assignee, image.assignee),
    assigned_by := coalesce(declared.assigned_by, image.assigned_by),
    raised_by := coalesce(declared.raised_by, image.raised_by),
    created_at := coalesce(declared.created_at, image.created_at),
    due_date := coalesce(declared.due_date, image.due_date),
    closed_at := coalesce(declared.closed_at, image.closed_at),
    closed_by := coalesce(declared.closed_by, image.closed_by),
    closed_message := coalesce(declared.closed_message, image.closed_message),
    first_assigned_at := coalesce(declared.first_assigned_at, image.first_assigned_at),
    quoted_message_id := coalesce(declared.quoted_message_id, image.quoted_message_id),
    labels := coalesce(declared.labels, image.labels),
    custom_properties := CASE
        WHEN reads_keys AND declared.custom_properties IS NOT NULL
            AND image.custom_properties IS NOT NULL
        THEN {'v': properties_over(declared.custom_properties.v, image.custom_properties.v)}
        ELSE coalesce(declared.custom_properties, image.custom_properties)
    END,
    is_deleted := CASE
        WHEN declared.is_deleted IS NULL AND event_type = 'ticket.deleted' THEN {'v': false}
        ELSE coalesce(declared.is_deleted, image.is_deleted)
    END
)
