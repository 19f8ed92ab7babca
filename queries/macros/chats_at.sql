/*---
title = "Every chat as it was at an instant"
---*/
CREATE OR REPLACE MACRO chats_at(as_of) AS TABLE
FROM chats_all_at(as_of)
WHERE NOT is_deleted
