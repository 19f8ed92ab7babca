/*---
title = "What a ticket event says has a value only where its key was present"
grain = "one row per event whose list of keys and values disagree"
---*/
WITH told AS (
    SELECT
        event_id,
        'ticket' AS image,
        ticket_keys AS keys,
        [
            CASE WHEN ticket.chat_id IS NOT NULL THEN 'chat_id' END,
            CASE WHEN ticket.status IS NOT NULL THEN 'status' END,
            CASE WHEN ticket.subject IS NOT NULL THEN 'subject' END,
            CASE WHEN ticket.priority IS NOT NULL THEN 'priority' END,
            CASE WHEN ticket.assignee IS NOT NULL THEN 'assignee' END,
            CASE WHEN ticket.assigned_by IS NOT NULL THEN 'assigned_by' END,
            CASE WHEN ticket.raised_by IS NOT NULL THEN 'raised_by' END,
            CASE WHEN ticket.created_at IS NOT NULL THEN 'created_at' END,
            CASE WHEN ticket.due_date IS NOT NULL THEN 'due_date' END,
            CASE WHEN ticket.closed_at IS NOT NULL THEN 'closed_at' END,
            CASE WHEN ticket.closed_by IS NOT NULL THEN 'closed_by' END,
            CASE WHEN ticket.closed_message IS NOT NULL THEN 'closed_message' END,
            CASE WHEN ticket.first_assigned_at IS NOT NULL THEN 'first_assigned_at' END,
            CASE WHEN ticket.quoted_message_id IS NOT NULL THEN 'quoted_message_id' END,
            CASE WHEN ticket.labels IS NOT NULL THEN 'labels' END,
            CASE WHEN ticket.custom_properties IS NOT NULL THEN 'custom_properties' END,
            CASE WHEN ticket.is_deleted IS NOT NULL THEN 'is_deleted' END,
            CASE WHEN ticket.last_updated_at IS NOT NULL THEN 'last_updated_at' END,
            CASE WHEN ticket.last_updated_by IS NOT NULL THEN 'last_updated_by' END,
            CASE WHEN ticket.response_time IS NOT NULL THEN 'response_time' END
        ] AS given
    FROM ledger_events
    WHERE ticket_keys IS NOT NULL OR ticket IS NOT NULL
    UNION ALL
    SELECT
        event_id,
        'ticket_before' AS image,
        ticket_before_keys AS keys,
        [
            CASE WHEN ticket_before.chat_id IS NOT NULL THEN 'chat_id' END,
            CASE WHEN ticket_before.status IS NOT NULL THEN 'status' END,
            CASE WHEN ticket_before.subject IS NOT NULL THEN 'subject' END,
            CASE WHEN ticket_before.priority IS NOT NULL THEN 'priority' END,
            CASE WHEN ticket_before.assignee IS NOT NULL THEN 'assignee' END,
            CASE WHEN ticket_before.assigned_by IS NOT NULL THEN 'assigned_by' END,
            CASE WHEN ticket_before.raised_by IS NOT NULL THEN 'raised_by' END,
            CASE WHEN ticket_before.created_at IS NOT NULL THEN 'created_at' END,
            CASE WHEN ticket_before.due_date IS NOT NULL THEN 'due_date' END,
            CASE WHEN ticket_before.closed_at IS NOT NULL THEN 'closed_at' END,
            CASE WHEN ticket_before.closed_by IS NOT NULL THEN 'closed_by' END,
            CASE WHEN ticket_before.closed_message IS NOT NULL THEN 'closed_message' END,
            CASE WHEN ticket_before.first_assigned_at IS NOT NULL THEN 'first_assigned_at' END,
            CASE WHEN ticket_before.quoted_message_id IS NOT NULL THEN 'quoted_message_id' END,
            CASE WHEN ticket_before.labels IS NOT NULL THEN 'labels' END,
            CASE WHEN ticket_before.custom_properties IS NOT NULL THEN 'custom_properties' END,
            CASE WHEN ticket_before.is_deleted IS NOT NULL THEN 'is_deleted' END,
            CASE WHEN ticket_before.last_updated_at IS NOT NULL THEN 'last_updated_at' END,
            CASE WHEN ticket_before.last_updated_by IS NOT NULL THEN 'last_updated_by' END,
            CASE WHEN ticket_before.response_time IS NOT NULL THEN 'response_time' END
        ] AS given
    FROM ledger_events
    WHERE ticket_before_keys IS NOT NULL OR ticket_before IS NOT NULL
),
split AS (
    SELECT *, list_filter(string_split(keys, ','), lambda k: k <> '') AS names
    FROM told
)
SELECT event_id, image, keys
FROM split
WHERE names IS NULL
    OR keys <> ',' || array_to_string(names, ',') || CASE WHEN len(names) > 0 THEN ',' ELSE '' END
    OR names <> list_sort(list_distinct(names))
    OR NOT list_has_all(names, list_filter(given, lambda k: k IS NOT NULL))
ORDER BY event_id, image
