/*---
title = "Whether the customer spoke last in the chat of each ticket"
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_last_words AS
WITH speakers AS (
    SELECT org_id, chat_id, NOT arg_max(is_agent, (sent_at, message_id)) AS customer_spoke_last
    FROM agent_messages
    GROUP BY org_id, chat_id
)
SELECT t.org_id, t.ticket_id, coalesce(s.customer_spoke_last, false) AS customer_spoke_last
FROM tickets_all AS t
LEFT JOIN speakers AS s ON s.org_id = t.org_id AND s.chat_id = t.chat_id
