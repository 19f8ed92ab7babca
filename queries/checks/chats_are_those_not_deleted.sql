/*---
title = "`chats` are the chats that are not deleted"
grain = "one row per chat that differs"
---*/
SELECT DISTINCT org_id, chat_id
FROM (
    (FROM chats EXCEPT (FROM chats_all WHERE NOT is_deleted))
    UNION ALL
    ((FROM chats_all WHERE NOT is_deleted) EXCEPT FROM chats)
)
ORDER BY org_id, chat_id
