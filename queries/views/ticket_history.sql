/*---
title = "Every state a ticket was in"
grain = "one row per ticket and version"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
version = { type = "BIGINT", help = "1 for the first known state" }
valid_from = { type = "TIMESTAMP WITH TIME ZONE", help = "start: the event that opened it; for the state before the first event the creation" }
valid_to = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the next version; NULL = still valid" }
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
valid_from_earliest = { type = "TIMESTAMP WITH TIME ZONE", help = "it began at this instant or later; NULL = unknown; valid_from unless evidence is declared" }
valid_from_latest = { type = "TIMESTAMP WITH TIME ZONE", help = "it began at this instant or earlier" }
event_id = { type = "VARCHAR", help = "event that opened it or, if declared, told of it" }
evidence = { type = "VARCHAR", help = "both: the event also told old values; image: it did not; snapshot: no event; declared: never seen, recovered from the old values of a later event" }
---*/
-- Events that change nothing open no version; versions of one instant have no length but an order.
CREATE OR REPLACE VIEW ticket_history AS
WITH opened AS (
    SELECT *
    FROM ticket_moments
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq, part)
    QUALIFY state IS DISTINCT FROM lag(state) OVER in_order OR row_number() OVER in_order = 1
)
SELECT
    org_id,
    ticket_id,
    row_number() OVER in_order AS version,
    starts_at AS valid_from,
    lead(starts_at) OVER in_order AS valid_to,
    state.*,
    earliest AS valid_from_earliest,
    latest AS valid_from_latest,
    event_id,
    evidence
FROM opened
WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq, part)
