/*---
title = "Messages without their texts, which nothing that stands on several views reads"
grain = "one row per message"
internal = true
---*/
SELECT * REPLACE (NULL::VARCHAR AS body)
FROM messages
