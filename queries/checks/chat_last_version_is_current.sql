/*---
title = "The last version of a chat is its current state"
grain = "one row per chat that differs"
---*/
WITH last_version AS (
    SELECT *
    FROM chat_history
    WHERE valid_to IS NULL
)
SELECT
    coalesce(t.org_id, h.org_id) AS org_id,
    coalesce(t.chat_id, h.chat_id) AS chat_id
FROM chats_all AS t
FULL JOIN last_version AS h ON h.org_id = t.org_id AND h.chat_id = t.chat_id
WHERE t.chat_id IS NULL
    OR h.chat_id IS NULL
    OR t.is_deleted <> h.is_deleted
    OR t.labels IS DISTINCT FROM h.labels
    OR t.custom_properties IS DISTINCT FROM h.custom_properties
    OR t.created_at IS DISTINCT FROM h.created_at
ORDER BY ALL
