/*---
title = "What `messages_daily` counts, each organisation's chat in one part"
grain = "one row per message"
internal = true
---*/
SELECT
    org_id,
    chat_id,
    ticket_id,
    sent_at,
    is_agent,
    agent,
    (md5_number_lower(org_id || chr(0) || coalesce(chat_id, '')) % getvariable('parts'))::INTEGER
        AS part
FROM agent_messages
