/*---
title = "Where an event contradicts what was known of its ticket before it, whatever the reason"
grain = "one row per event and contradicted field"
internal = true
kept = true
---*/
CREATE OR REPLACE VIEW ticket_contradictions AS
WITH judged AS (
    SELECT
        *,
        list_filter([
            CASE WHEN is_broken(former.assigned_by, declared.assigned_by, image.assigned_by, has(unreported, 'assigned_by')) THEN 'assigned_by' END,
            CASE WHEN is_broken(former.assignee, declared.assignee, image.assignee, has(unreported, 'assignee')) THEN 'assignee' END,
            CASE WHEN is_broken(former.chat_id, declared.chat_id, image.chat_id, has(unreported, 'chat_id')) THEN 'chat_id' END,
            CASE WHEN is_broken(former.closed_at, declared.closed_at, image.closed_at, has(unreported, 'closed_at')) THEN 'closed_at' END,
            CASE WHEN is_broken(former.closed_by, declared.closed_by, image.closed_by, has(unreported, 'closed_by')) THEN 'closed_by' END,
            CASE WHEN is_broken(former.closed_message, declared.closed_message, image.closed_message, has(unreported, 'closed_message')) THEN 'closed_message' END,
            CASE WHEN is_broken(former.created_at, declared.created_at, image.created_at, has(unreported, 'created_at')) THEN 'created_at' END,
            CASE WHEN are_properties_broken(former.custom_properties, declared.custom_properties, image.custom_properties, has(unreported, 'custom_properties'), adds_silently) THEN 'custom_properties' END,
            CASE WHEN is_broken(former.due_date, declared.due_date, image.due_date, has(unreported, 'due_date')) THEN 'due_date' END,
            CASE WHEN is_broken(former.first_assigned_at, declared.first_assigned_at, image.first_assigned_at, has(unreported, 'first_assigned_at')) THEN 'first_assigned_at' END,
            CASE WHEN is_broken(former.is_deleted, declared.is_deleted, image.is_deleted, has(unreported, 'is_deleted') OR rank = 2) THEN 'is_deleted' END,
            CASE WHEN is_broken(former.labels, declared.labels, image.labels, has(unreported, 'labels')) THEN 'labels' END,
            CASE WHEN is_broken(former.priority, declared.priority, image.priority, has(unreported, 'priority')) THEN 'priority' END,
            CASE WHEN is_broken(former.quoted_message_id, declared.quoted_message_id, image.quoted_message_id, has(unreported, 'quoted_message_id')) THEN 'quoted_message_id' END,
            CASE WHEN is_broken(former.raised_by, declared.raised_by, image.raised_by, has(unreported, 'raised_by')) THEN 'raised_by' END,
            CASE WHEN is_broken(former.status, declared.status, image.status, has(unreported, 'status')) THEN 'status' END,
            CASE WHEN is_broken(former.subject, declared.subject, image.subject, has(unreported, 'subject')) THEN 'subject' END
        ], lambda f: f IS NOT NULL) AS fields
    FROM ticket_folds
    WHERE seq > 1
),
suspected AS (
    SELECT *, ticket_before(image, declared, event_type, reads_keys) AS before
    FROM judged
    WHERE len(fields) > 0
),
listed AS (
    SELECT
        org_id,
        ticket_id,
        seq,
        event_at,
        event_id,
        former_event_at,
        former_event_id,
        former,
        before,
        is_verifiable,
        unnest([
            CASE
                WHEN contains(fields, 'assigned_by')
                THEN break_of('assigned_by', former.assigned_by, before.assigned_by, declared.assigned_by, image.assigned_by)
            END,
            CASE
                WHEN contains(fields, 'assignee')
                THEN break_of('assignee', former.assignee, before.assignee, declared.assignee, image.assignee)
            END,
            CASE
                WHEN contains(fields, 'chat_id')
                THEN break_of('chat_id', former.chat_id, before.chat_id, declared.chat_id, image.chat_id)
            END,
            CASE
                WHEN contains(fields, 'closed_at')
                THEN break_of('closed_at', iso(former.closed_at), iso(before.closed_at), iso(declared.closed_at), iso(image.closed_at))
            END,
            CASE
                WHEN contains(fields, 'closed_by')
                THEN break_of('closed_by', former.closed_by, before.closed_by, declared.closed_by, image.closed_by)
            END,
            CASE
                WHEN contains(fields, 'closed_message')
                THEN break_of('closed_message', former.closed_message, before.closed_message, declared.closed_message, image.closed_message)
            END,
            CASE
                WHEN contains(fields, 'created_at')
                THEN break_of('created_at', iso(former.created_at), iso(before.created_at), iso(declared.created_at), iso(image.created_at))
            END,
            CASE
                WHEN contains(fields, 'custom_properties')
                THEN break_of('custom_properties', as_json(former.custom_properties), as_json(before.custom_properties), as_json(declared.custom_properties), as_json(image.custom_properties))
            END,
            CASE
                WHEN contains(fields, 'due_date')
                THEN break_of('due_date', iso(former.due_date), iso(before.due_date), iso(declared.due_date), iso(image.due_date))
            END,
            CASE
                WHEN contains(fields, 'first_assigned_at')
                THEN break_of('first_assigned_at', iso(former.first_assigned_at), iso(before.first_assigned_at), iso(declared.first_assigned_at), iso(image.first_assigned_at))
            END,
            CASE
                WHEN contains(fields, 'is_deleted')
                THEN break_of('is_deleted', former.is_deleted, before.is_deleted, declared.is_deleted, image.is_deleted)
            END,
            CASE
                WHEN contains(fields, 'labels')
                THEN break_of('labels', former.labels, before.labels, declared.labels, image.labels)
            END,
            CASE
                WHEN contains(fields, 'priority')
                THEN break_of('priority', former.priority, before.priority, declared.priority, image.priority)
            END,
            CASE
                WHEN contains(fields, 'quoted_message_id')
                THEN break_of('quoted_message_id', former.quoted_message_id, before.quoted_message_id, declared.quoted_message_id, image.quoted_message_id)
            END,
            CASE
                WHEN contains(fields, 'raised_by')
                THEN break_of('raised_by', former.raised_by, before.raised_by, declared.raised_by, image.raised_by)
            END,
            CASE
                WHEN contains(fields, 'status')
                THEN break_of('status', former.status, before.status, declared.status, image.status)
            END,
            CASE
                WHEN contains(fields, 'subject')
                THEN break_of('subject', former.subject, before.subject, declared.subject, image.subject)
            END
        ]) AS broken
    FROM suspected
)
SELECT
    org_id,
    ticket_id,
    seq,
    event_at,
    event_id,
    former_event_at,
    former_event_id,
    former,
    before,
    is_verifiable,
    broken.*
FROM listed
WHERE broken IS NOT NULL
