/*---
title = "Every event that tells of a chat leads to one state"
grain = "one row per event with none or several, or state without its event"
---*/
SELECT event_id, count(*) FILTER (NOT is_event) AS states
FROM (
    SELECT event_id, true AS is_event
    FROM ledger_events
    WHERE chat_keys IS NOT NULL
    UNION ALL
    SELECT event_id, false
    FROM chat_states
)
GROUP BY event_id
HAVING count(*) FILTER (NOT is_event) <> 1 OR count(*) <> 2
ORDER BY event_id
