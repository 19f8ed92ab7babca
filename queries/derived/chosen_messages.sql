/*---
title = "Messages of these chats, and those attached to a ticket to talk of again"
internal = true
---*/
CREATE OR REPLACE VIEW messages AS
SELECT m.*
FROM every_messages AS m
WHERE EXISTS (FROM talk_chats AS c WHERE c.org_id = m.org_id AND c.chat_id = m.chat_id)
    OR EXISTS (
        FROM ticket_messages AS l
        SEMI JOIN touched_talks AS t ON t.org_id = l.org_id AND t.ticket_id = l.ticket_id
        WHERE l.org_id = m.org_id AND l.message_id = m.message_id
    )
