/*---
title = "Every chat in its last known state"
grain = "one row per chat"
like = "chats_all"
---*/
CREATE OR REPLACE VIEW chats AS
FROM chats_all
WHERE NOT is_deleted
