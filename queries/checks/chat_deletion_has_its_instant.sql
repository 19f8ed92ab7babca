/*---
title = "A chat has an instant of deletion exactly when it is deleted"
grain = "one row per chat of which that is not so"
---*/
SELECT org_id, chat_id, is_deleted, deleted_at
FROM chats_all
WHERE is_deleted IS NULL OR is_deleted = (deleted_at IS NULL)
ORDER BY org_id, chat_id
