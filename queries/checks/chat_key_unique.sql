/*---
title = "There is one row per chat: organisation and id are a key"
grain = "one row per chat that stands more than once"
---*/
SELECT org_id, chat_id, count(*) AS times
FROM chats_all
GROUP BY org_id, chat_id
HAVING count(*) > 1
ORDER BY org_id, chat_id
