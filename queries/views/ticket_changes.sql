/*---
title = "Every change of a field of a ticket"
grain = "one row per event and changed field"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
changed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event" }
field = { type = "VARCHAR", help = "column of the state that changed" }
old_value = { type = "JSON", help = "before; NULL = none" }
new_value = { type = "JSON", help = "after; NULL = none" }
event_id = { type = "VARCHAR", help = "event that tells of it" }
evidence = { type = "VARCHAR", help = "both: images and old values agree; image: from images; declared: old value only told" }
---*/
CREATE OR REPLACE VIEW ticket_changes AS
WITH former AS (
    SELECT
        *,
        lag(chat_id) OVER in_order AS former_chat_id,
        lag(status) OVER in_order AS former_status,
        lag(subject) OVER in_order AS former_subject,
        lag(priority) OVER in_order AS former_priority,
        lag(assignee) OVER in_order AS former_assignee,
        lag(assigned_by) OVER in_order AS former_assigned_by,
        lag(raised_by) OVER in_order AS former_raised_by,
        lag(created_at) OVER in_order AS former_created_at,
        lag(due_date) OVER in_order AS former_due_date,
        lag(closed_at) OVER in_order AS former_closed_at,
        lag(closed_by) OVER in_order AS former_closed_by,
        lag(closed_message) OVER in_order AS former_closed_message,
        lag(first_assigned_at) OVER in_order AS former_first_assigned_at,
        lag(quoted_message_id) OVER in_order AS former_quoted_message_id,
        lag(labels) OVER in_order AS former_labels,
        lag(custom_properties) OVER in_order AS former_custom_properties,
        lag(is_deleted) OVER in_order AS former_is_deleted
    FROM ticket_folds
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq)
),
compared AS (
    SELECT org_id, ticket_id, event_at, event_id, unnest([
        change('chat_id', keys, former_chat_id, chat_id,
            present(before_keys, 'chat_id', before.chat_id)),
        change('status', keys, former_status, status,
            present(before_keys, 'status', before.status)),
        change('subject', keys, former_subject, subject,
            present(before_keys, 'subject', before.subject)),
        change('priority', keys, former_priority, priority,
            present(before_keys, 'priority', before.priority)),
        change('assignee', keys, former_assignee, assignee,
            present(before_keys, 'assignee', before.assignee)),
        change('assigned_by', keys, former_assigned_by, assigned_by,
            present(before_keys, 'assigned_by', before.assigned_by)),
        change('raised_by', keys, former_raised_by, raised_by,
            present(before_keys, 'raised_by', before.raised_by)),
        change('created_at', keys, iso(former_created_at), iso(created_at),
            iso(present(before_keys, 'created_at', before.created_at))),
        change('due_date', keys, iso(former_due_date), iso(due_date),
            iso(present(before_keys, 'due_date', before.due_date))),
        change('closed_at', keys, iso(former_closed_at), iso(closed_at),
            iso(present(before_keys, 'closed_at', before.closed_at))),
        change('closed_by', keys, former_closed_by, closed_by,
            present(before_keys, 'closed_by', before.closed_by)),
        change('closed_message', keys, former_closed_message, closed_message,
            present(before_keys, 'closed_message', before.closed_message)),
        change('first_assigned_at', keys, iso(former_first_assigned_at), iso(first_assigned_at),
            iso(present(before_keys, 'first_assigned_at', before.first_assigned_at))),
        change('quoted_message_id', keys, former_quoted_message_id, quoted_message_id,
            present(before_keys, 'quoted_message_id', before.quoted_message_id)),
        change('labels', keys, former_labels, labels,
            present(before_keys, 'labels', before.labels)),
        change('custom_properties', keys, former_custom_properties, custom_properties,
            present(before_keys, 'custom_properties', before.custom_properties::JSON)),
        change('is_deleted', keys, former_is_deleted, is_deleted,
            present(before_keys, 'is_deleted', before.is_deleted))
    ]) AS change
    FROM former
)
SELECT
    org_id,
    ticket_id,
    event_at AS changed_at,
    change.field AS field,
    change.old_value AS old_value,
    change.new_value AS new_value,
    event_id,
    change.evidence AS evidence
FROM compared
WHERE change IS NOT NULL
