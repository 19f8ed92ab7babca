/*---
title = "The short id inside a long one, or NULL"
internal = true
---*/
-- A message is {true|false}_{chat_id}_{short id}[_{author}], and a chat has an @; the id of a note,
-- true_{short id}_{author}, names no chat.
CREATE OR REPLACE MACRO short_id(message_id) AS
nullif(regexp_extract(message_id, '^(?:true|false)_[^@]*@[^_]*_([^_]+)', 1), '')
