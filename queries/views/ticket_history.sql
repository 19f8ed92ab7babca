/*---
title = "Every state a ticket was in"
grain = "one row per ticket and version"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
version = { type = "BIGINT", help = "1 for the first known state" }
valid_from = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event that opened it" }
valid_to = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the next version; NULL = still valid" }
chat_id = { type = "VARCHAR", help = "chat the ticket belongs to" }
status = { type = "VARCHAR", help = "as reported: open, inprogress, closed, archived or another" }
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
event_id = { type = "VARCHAR", help = "event that opened it" }
evidence = { type = "VARCHAR", help = "both: the event also told old values; image: it did not; snapshot: no event" }
---*/
-- Events that change nothing open no version; versions of one instant have no length but an order.
CREATE OR REPLACE VIEW ticket_history AS
WITH states AS (
    SELECT
        *,
        struct_pack(
            chat_id := chat_id,
            status := status,
            subject := subject,
            priority := priority,
            assignee := assignee,
            assigned_by := assigned_by,
            raised_by := raised_by,
            created_at := created_at,
            due_date := due_date,
            closed_at := closed_at,
            closed_by := closed_by,
            closed_message := closed_message,
            first_assigned_at := first_assigned_at,
            quoted_message_id := quoted_message_id,
            labels := labels,
            custom_properties := custom_properties,
            is_deleted := is_deleted
        ) AS state
    FROM ticket_states
),
opened AS (
    SELECT *
    FROM states
    QUALIFY seq = 1
        OR state IS DISTINCT FROM lag(state) OVER (PARTITION BY org_id, ticket_id ORDER BY seq)
)
SELECT
    org_id,
    ticket_id,
    row_number() OVER in_order AS version,
    event_at AS valid_from,
    lead(event_at) OVER in_order AS valid_to,
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
    event_id,
    evidence
FROM opened
WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq)
