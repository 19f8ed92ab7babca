/*---
title = "The tickets, chats or messages of one part take the place of all; without a part, all are back"
internal = true
---*/
CREATE OR REPLACE TABLE {key} AS
SELECT * EXCLUDE (part)
FROM entity_parts
WHERE part = coalesce(getvariable('part'), part)
