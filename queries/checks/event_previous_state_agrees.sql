/*---
title = "What an event is said to tell of old values is what it tells"
grain = "one row per event that differs"
---*/
SELECT event_id, previous_state, previous_attributes, batch, source, source_line
FROM ledger_events
WHERE previous_state IS DISTINCT FROM CASE
        WHEN previous_attributes IS NULL THEN 'absent'
        WHEN previous_attributes = 'null' THEN 'null'
        WHEN previous_attributes = '{}' THEN 'empty'
        ELSE 'object'
    END
    OR (object_type = 'ticket' AND (ticket_before_keys IS NULL) = (previous_state = 'object'))
    OR (chat_before_keys IS NOT NULL AND previous_state <> 'object')
ORDER BY event_id
