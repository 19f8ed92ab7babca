/*---
title = "The data, old values and rest of every event are JSON objects"
grain = "one row per event of which one is not"
---*/
SELECT event_id, batch, source, source_line
FROM ledger_events
WHERE coalesce(
        json_type(whole_data(data, data_attached_messages, data_chat, data_message)), ''
    ) <> 'OBJECT'
    OR json_type(envelope) <> 'OBJECT'
    OR json_type(previous_attributes) NOT IN ('OBJECT', 'NULL')
ORDER BY event_id
