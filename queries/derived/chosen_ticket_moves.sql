/*---
title = "Moves of the tickets that were in one of these chats"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_moves AS
SELECT v.*
FROM every_ticket_moves AS v
SEMI JOIN (
    FROM touched_talks
    UNION
    SELECT i.org_id, i.ticket_id
    FROM every_ticket_moves AS i
    SEMI JOIN talk_chats AS c ON c.org_id = i.org_id AND c.chat_id = i.chat_id
) AS t ON t.org_id = v.org_id AND t.ticket_id = v.ticket_id
