/*---
title = "Every event, as it came"
grain = "one row per event"

[columns]
event_id = { type = "VARCHAR", help = "identity: equal for every delivery of the same event" }
event_type = { type = "VARCHAR", help = "normalised name of the event" }
object_type = { type = "VARCHAR", help = "ticket, chat, message, note, reaction, notification, phone, org or unknown" }
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket it is about or linked to" }
chat_id = { type = "VARCHAR", help = "chat it is about or in" }
message_id = { type = "VARCHAR", help = "message or note it is about" }
event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event" }
previous_state = { type = "VARCHAR", help = "what it said of old values: absent, null, empty or object" }
previous_attributes = { type = "JSON", help = "old values of what changed" }
data = { type = "JSON", help = "the object after the change, keys sorted" }
form = { type = "VARCHAR", help = "shape it came in" }
time_source = { type = "VARCHAR", help = "where event_at was read: envelope, log_row, object or observed" }
envelope = { type = "JSON", help = "what else the record said, spelled as it came" }
batch = { type = "INTEGER", help = "commit that stored it" }
source = { type = "VARCHAR", help = "file it was first read from" }
source_line = { type = "BIGINT", help = "line in that file" }
loaded_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the commit" }
---*/
CREATE OR REPLACE VIEW events AS
SELECT
    event_id,
    event_type,
    object_type,
    org_id,
    ticket_id,
    chat_id,
    message_id,
    event_at,
    previous_state,
    previous_attributes::JSON AS previous_attributes,
    whole_data(data, data_attached_messages, data_chat, data_message)::JSON AS data,
    form,
    time_source,
    envelope::JSON AS envelope,
    batch,
    source,
    source_line,
    loaded_at
FROM ledger_events
