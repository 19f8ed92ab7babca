/*---
title = "What events of giants tell of their chats, each with the part of its chat"
grain = "one row per event that tells of a chat"
internal = true
---*/
-- A ticket's event goes where its ticket is folded, and tells of its chat as well.
SELECT
    event_id,
    event_type,
    org_id,
    chat_id,
    event_at,
    chat_keys,
    chat,
    chat_before_keys,
    chat_before,
    members,
    form,
    loaded_at,
    (first + md5_number_lower('chat ' || chat_id) % parts)::INTEGER AS part
FROM event_groups
WHERE first IS NOT NULL AND chat_keys IS NOT NULL
