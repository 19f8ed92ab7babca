/*---
title = "Every event has an identity of 32 hexadecimal digits, a name in one spelling and a known object"
grain = "one row per event that has not"
---*/
SELECT event_id, event_type, object_type, batch, source, source_line
FROM ledger_events
WHERE NOT regexp_full_match(event_id, '[0-9a-f]{32}')
    OR regexp_matches(event_type, '[A-Z-]|^\s|\s$')
    OR object_type NOT IN (
        'ticket',
        'chat',
        'message',
        'note',
        'reaction',
        'notification',
        'phone',
        'org',
        'unknown'
    )
    OR (object_type = 'ticket') <> (
        event_type IN ('ticket.created', 'ticket.updated', 'ticket.deleted', 'ticket.snapshot')
    )
ORDER BY event_id
