/*---
title = "The events of a chat are numbered from 1 and never go back in time"
grain = "one row per event out of order"
---*/
SELECT *
FROM (
    SELECT
        org_id,
        chat_id,
        seq,
        event_at,
        event_id,
        row_number() OVER in_order AS expected,
        lag(event_at) OVER in_order AS former_event_at
    FROM chat_states
    WINDOW in_order AS (PARTITION BY org_id, chat_id ORDER BY seq, event_id)
)
WHERE seq <> expected OR event_at < former_event_at
ORDER BY org_id, chat_id, seq, event_id
