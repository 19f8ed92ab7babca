/*---
title = "What events of giants tell of their chats, each with the part of its chat"
grain = "one row per event that tells of a chat"
internal = true
---*/
-- A ticket's event goes where its ticket is folded, and tells of its chat as well.
SELECT
    e.event_id,
    e.event_type,
    e.org_id,
    e.chat_id,
    e.event_at,
    e.chat_keys,
    e.chat,
    e.chat_before_keys,
    e.chat_before,
    e.members,
    e.form,
    e.loaded_at,
    (g.first + md5_number_lower('chat ' || e.chat_id) % g.parts)::INTEGER AS part
FROM event_subjects AS e
LEFT JOIN met AS p ON p.org_id = e.org_id AND p.thing = e.places[1]
JOIN giants AS g ON g.org_id = e.org_id AND g.of = coalesce(p.of, e.places[1])
WHERE e.chat_keys IS NOT NULL
