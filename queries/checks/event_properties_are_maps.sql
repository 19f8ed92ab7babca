/*---
title = "Custom properties are an object with something in it, or none"
grain = "one row per event with others"
---*/
WITH told AS (
    SELECT
        event_id,
        unnest([
            ticket.custom_properties,
            ticket_before.custom_properties,
            chat.custom_properties,
            chat_before.custom_properties
        ]) AS custom_properties
    FROM ledger_events
    WHERE ticket_keys IS NOT NULL OR chat_keys IS NOT NULL
)
SELECT event_id, custom_properties
FROM told
WHERE custom_properties IS NOT NULL
    AND (json_type(custom_properties) <> 'OBJECT' OR custom_properties = '{}')
ORDER BY event_id, custom_properties
