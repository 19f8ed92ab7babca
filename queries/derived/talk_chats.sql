/*---
title = "Chats in which it may have changed to which ticket a message belongs, or who is of the team"
internal = true
---*/
CREATE OR REPLACE TABLE talk_chats (org_id VARCHAR, chat_id VARCHAR)
