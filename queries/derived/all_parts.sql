/*---
title = "All tickets, chats or messages, as they were before there were parts"
internal = true
---*/
CREATE OR REPLACE TABLE {key} AS
SELECT * EXCLUDE (part)
FROM entity_parts
