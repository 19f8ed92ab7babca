/*---
title = "The delivery status of a message is the highest that was seen"
grain = "one row per message with another"
---*/
WITH seen AS (
    SELECT org_id, message_id, max(message.ack) AS ack
    FROM ledger_events
    WHERE message_keys IS NOT NULL
    GROUP BY org_id, message_id
)
SELECT m.org_id, m.message_id, m.ack, s.ack AS highest
FROM messages AS m
LEFT JOIN seen AS s ON s.org_id = m.org_id AND s.message_id = m.message_id
WHERE m.ack IS DISTINCT FROM s.ack
ORDER BY m.org_id, m.message_id
