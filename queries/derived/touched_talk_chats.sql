/*---
title = "Chats of what is touched, as the views tell them now: once before and once after the fold"
internal = true
---*/
INSERT INTO talk_chats
SELECT org_id, chat_id
FROM touched_chats
UNION
SELECT v.org_id, v.chat_id
FROM ticket_moves AS v
SEMI JOIN touched_tickets AS t ON t.org_id = v.org_id AND t.ticket_id = v.ticket_id
UNION
SELECT m.org_id, m.chat_id
FROM messages AS m
SEMI JOIN touched_messages AS t ON t.org_id = m.org_id AND t.message_id = m.message_id
UNION
SELECT m.org_id, m.chat_id
FROM messages AS m
SEMI JOIN (
    SELECT l.org_id, l.message_id
    FROM ticket_messages AS l
    SEMI JOIN touched_tickets AS t ON t.org_id = l.org_id AND t.ticket_id = l.ticket_id
) AS a ON a.org_id = m.org_id AND a.message_id = m.message_id
