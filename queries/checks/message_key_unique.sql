/*---
title = "There is one row per message: organisation and id are a key"
grain = "one row per message that stands more than once"
---*/
SELECT org_id, message_id, count(*) AS times
FROM messages
GROUP BY org_id, message_id
HAVING count(*) > 1
ORDER BY org_id, message_id
