/*---
title = "The messages of each ticket, the team's and the customer's"
grain = "one row per ticket and message"
internal = true
kept = true
---*/
-- A message belongs to a ticket it is attached to; else to the one ticket of its chat that was
-- active when it was sent. With two or more active tickets it is ambiguous and belongs to none. The
-- team's own message that a ticket was raised from is no reply to it.
CREATE OR REPLACE VIEW ticket_conversations AS
WITH linked AS (
    SELECT DISTINCT
        l.org_id, l.ticket_id, m.message_id, m.unique_id, m.sent_at, m.is_agent, m.agent,
        m.event_id
    FROM ticket_messages AS l
    JOIN agent_messages AS m ON m.org_id = l.org_id AND m.message_id = l.message_id
    WHERE l.link = 'attached'
    UNION ALL BY NAME
    SELECT
        s.org_id, n.ticket_id, s.message_id, s.unique_id, s.reached_at AS sent_at, s.is_agent,
        s.agent, s.event_id
    FROM chat_steps AS s
    JOIN (
        SELECT DISTINCT org_id, chat_id, number, ticket_id
        FROM chat_steps
        WHERE change = 1
    ) AS n ON n.org_id = s.org_id AND n.chat_id = s.chat_id AND n.number = s.numbers
    WHERE s.change = 0 AND s.active = 1
)
SELECT l.*
FROM linked AS l
JOIN tickets_all AS t ON t.org_id = l.org_id AND t.ticket_id = l.ticket_id
WHERE NOT (l.is_agent AND coalesce(l.unique_id = quoted_id(t.quoted_message_id), false))
