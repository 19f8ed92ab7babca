/*---
title = "Tickets of these chats, and those that their messages or touched messages are attached to"
internal = true
---*/
CREATE OR REPLACE TABLE touched_talks AS
SELECT org_id, ticket_id
FROM touched_tickets
UNION
SELECT v.org_id, v.ticket_id
FROM ticket_moves AS v
SEMI JOIN talk_chats AS c ON c.org_id = v.org_id AND c.chat_id = v.chat_id
UNION
SELECT l.org_id, l.ticket_id
FROM ticket_messages AS l
SEMI JOIN (
    SELECT m.org_id, m.message_id
    FROM messages AS m
    SEMI JOIN talk_chats AS c ON c.org_id = m.org_id AND c.chat_id = m.chat_id
    UNION
    FROM touched_messages
) AS m ON m.org_id = l.org_id AND m.message_id = l.message_id
