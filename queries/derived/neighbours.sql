/*---
title = "Forget what was said about the other tickets of these chats: not all of it was looked at"
internal = true
---*/
DELETE FROM {view} AS s
WHERE NOT EXISTS (
    FROM touched_talks AS t
    WHERE t.org_id = s.org_id AND t.ticket_id = s.ticket_id
)
