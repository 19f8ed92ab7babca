/*---
title = "Every ticket ever seen, deleted ones included, in its last known state"
grain = "one row per ticket"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
chat_id = { type = "VARCHAR", help = "chat the ticket belongs to" }
status = { type = "VARCHAR", help = "open, inprogress, closed or archived, however it was spelled; any other as it came" }
subject = { type = "VARCHAR", help = "subject" }
priority = { type = "SMALLINT", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
assignee = { type = "VARCHAR", help = "who works on it" }
assigned_by = { type = "VARCHAR", help = "who assigned it" }
raised_by = { type = "VARCHAR", help = "who raised it" }
created_at = { type = "TIMESTAMP WITH TIME ZONE", help = "creation as reported" }
due_date = { type = "TIMESTAMP WITH TIME ZONE", help = "due date; a date alone is its midnight in UTC" }
closed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "closing as reported; stays set on some reopened tickets" }
closed_by = { type = "VARCHAR", help = "who closed it" }
closed_message = { type = "VARCHAR", help = "closing message" }
first_assigned_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first assignment as reported" }
quoted_message_id = { type = "VARCHAR", help = "message it was raised from: messages.unique_id" }
labels = { type = "VARCHAR[]", help = "labels: trimmed, case-folded, sorted" }
custom_properties = { type = "JSON", help = "custom properties by name" }
is_deleted = { type = "BOOLEAN", help = "deleted and not restored" }
deleted_at = { type = "TIMESTAMP WITH TIME ZONE", help = "event that deleted it" }
first_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first event" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last event" }
last_event_id = { type = "VARCHAR", help = "last event" }
event_count = { type = "BIGINT", help = "events, snapshots not counted" }
---*/
CREATE OR REPLACE VIEW tickets_all AS
SELECT
    org_id,
    ticket_id,
    state.*,
    deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count
FROM ticket_states
WHERE is_last
