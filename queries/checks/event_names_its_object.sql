/*---
title = "Every event about a ticket, chat or message names it"
grain = "one row per event that does not"
---*/
SELECT event_id, event_type, object_type, batch, source, source_line
FROM ledger_events
WHERE (object_type = 'ticket' AND (coalesce(ticket_id, '') = '' OR ticket_keys IS NULL))
    OR (chat_keys IS NOT NULL AND coalesce(chat_id, '') = '')
    OR (message_keys IS NOT NULL AND coalesce(message_id, '') = '')
ORDER BY event_id
