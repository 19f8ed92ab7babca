/*---
title = "Where events of a ticket are missing, and what is known of them all the same"
grain = "one row per event that contradicts what was known before it"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
gap_after = { type = "TIMESTAMP WITH TIME ZONE", help = "last event before the loss: it happened after this instant" }
gap_before = { type = "TIMESTAMP WITH TIME ZONE", help = "event that shows the loss: it happened before this instant" }
former_event_id = { type = "VARCHAR", help = "last event before the loss" }
event_id = { type = "VARCHAR", help = "event that shows the loss" }
fields = { type = "VARCHAR[]", help = "fields that changed in between" }
recorded_values = { type = "JSON", help = "field to its value before the loss" }
declared_values = { type = "JSON", help = "field to its value after the loss, as the next event tells it" }
---*/
CREATE OR REPLACE VIEW ticket_gaps AS
SELECT
    org_id,
    ticket_id,
    former_event_at AS gap_after,
    event_at AS gap_before,
    former_event_id,
    event_id,
    list(field ORDER BY field) AS fields,
    to_json(map_from_entries(list((field, recorded_value) ORDER BY field))) AS recorded_values,
    to_json(map_from_entries(list((field, declared_value) ORDER BY field))) AS declared_values
FROM ticket_breaks
GROUP BY org_id, ticket_id, former_event_at, event_at, former_event_id, event_id
