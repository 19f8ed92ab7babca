/*---
title = "Every member is there once, in a chat that is known"
grain = "one row per member of which that is not so"
---*/
SELECT m.org_id, m.chat_id, m.contact_id, count(*) AS times
FROM chat_members AS m
LEFT JOIN chats_all AS c ON c.org_id = m.org_id AND c.chat_id = m.chat_id
GROUP BY m.org_id, m.chat_id, m.contact_id
HAVING count(*) > 1 OR count(c.chat_id) = 0
ORDER BY m.org_id, m.chat_id, m.contact_id
