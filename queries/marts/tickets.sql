/*---
title = "Tickets in their current state"
grain = "one row per ticket, deleted ones included"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
chat_id = { type = "VARCHAR", help = "chat the ticket belongs to" }
status = { type = "VARCHAR", help = "open, inprogress, closed or archived, however it was spelled; any other as it came" }
place = { type = "VARCHAR", help = "active, resolved, removed, other or deleted" }
subject = { type = "VARCHAR", help = "subject" }
priority = { type = "INTEGER", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
assignee = { type = "VARCHAR", help = "who works on it" }
assigned_by = { type = "VARCHAR", help = "who assigned it" }
raised_by = { type = "VARCHAR", help = "who raised it" }
labels = { type = "VARCHAR", help = "labels, sorted, joined by a comma and a space; one row each in ticket_labels" }
created_at = { type = "TIMESTAMP WITH TIME ZONE", help = "creation as reported" }
created_on = { type = "DATE", help = "local date of created_at" }
created_hour = { type = "INTEGER", help = "local hour of created_at, 0 to 23" }
due_date = { type = "TIMESTAMP WITH TIME ZONE", help = "due date" }
due_on = { type = "DATE", help = "local date of due_date" }
due_hour = { type = "INTEGER", help = "local hour of due_date" }
closed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "closing as reported; stays set on some reopened tickets; ticket_metrics has what happened" }
closed_on = { type = "DATE", help = "local date of closed_at" }
closed_hour = { type = "INTEGER", help = "local hour of closed_at" }
closed_by = { type = "VARCHAR", help = "who closed it" }
closed_message = { type = "VARCHAR", help = "closing message" }
first_assigned_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first assignment as reported" }
first_assigned_on = { type = "DATE", help = "local date of first_assigned_at" }
first_assigned_hour = { type = "INTEGER", help = "local hour of first_assigned_at" }
quoted_message_id = { type = "VARCHAR", help = "message it was raised from" }
is_deleted = { type = "BOOLEAN", help = "deleted and not restored" }
deleted_at = { type = "TIMESTAMP WITH TIME ZONE", help = "event that deleted it" }
deleted_on = { type = "DATE", help = "local date of deleted_at" }
deleted_hour = { type = "INTEGER", help = "local hour of deleted_at" }
first_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first event" }
first_event_on = { type = "DATE", help = "local date of first_event_at" }
first_event_hour = { type = "INTEGER", help = "local hour of first_event_at" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last event" }
last_event_on = { type = "DATE", help = "local date of last_event_at" }
last_event_hour = { type = "INTEGER", help = "local hour of last_event_at" }
last_event_id = { type = "VARCHAR", help = "last event" }
event_count = { type = "BIGINT", help = "events, snapshots not counted" }
---*/
SELECT
    org_id,
    ticket_id,
    chat_id,
    status,
    place_of(status, is_deleted) AS place,
    subject,
    priority::INTEGER AS priority,
    assignee,
    assigned_by,
    raised_by,
    array_to_string(labels, ', ') AS labels,
    created_at,
    created_at::DATE AS created_on,
    hour(created_at)::INTEGER AS created_hour,
    due_date,
    due_date::DATE AS due_on,
    hour(due_date)::INTEGER AS due_hour,
    closed_at,
    closed_at::DATE AS closed_on,
    hour(closed_at)::INTEGER AS closed_hour,
    closed_by,
    closed_message,
    first_assigned_at,
    first_assigned_at::DATE AS first_assigned_on,
    hour(first_assigned_at)::INTEGER AS first_assigned_hour,
    quoted_message_id,
    is_deleted,
    deleted_at,
    deleted_at::DATE AS deleted_on,
    hour(deleted_at)::INTEGER AS deleted_hour,
    first_event_at,
    first_event_at::DATE AS first_event_on,
    hour(first_event_at)::INTEGER AS first_event_hour,
    last_event_at,
    last_event_at::DATE AS last_event_on,
    hour(last_event_at)::INTEGER AS last_event_hour,
    last_event_id,
    event_count
FROM tickets_all
ORDER BY org_id, ticket_id
