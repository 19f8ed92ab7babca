/*---
title = "The short id of the message that a ticket quotes, told as such or inside a long one, or NULL"
internal = true
---*/
CREATE OR REPLACE MACRO quoted_id(quoted_message_id) AS
coalesce(short_id(quoted_message_id), nullif(quoted_message_id, ''))
