/*---
title = "All chats of the tickets to talk of again: their other tickets may claim the same messages"
internal = true
---*/
INSERT INTO talk_chats
SELECT v.org_id, v.chat_id
FROM ticket_moves AS v
SEMI JOIN touched_talks AS t ON t.org_id = v.org_id AND t.ticket_id = v.ticket_id
