/*---
title = "What an event says of a chat has a value only where its key was present"
grain = "one row per event whose list of keys and values disagree"
---*/
WITH told AS (
    SELECT
        event_id,
        'chat' AS image,
        chat_keys AS keys,
        [
            CASE WHEN chat.chat_name IS NOT NULL THEN 'chat_name' END,
            CASE WHEN chat.chat_type IS NOT NULL THEN 'chat_type' END,
            CASE WHEN chat.org_phone IS NOT NULL THEN 'org_phone' END,
            CASE WHEN chat.chat_org_phones IS NOT NULL THEN 'chat_org_phones' END,
            CASE WHEN chat.chat_image IS NOT NULL THEN 'chat_image' END,
            CASE WHEN chat.created_at IS NOT NULL THEN 'created_at' END,
            CASE WHEN chat.updated_at IS NOT NULL THEN 'updated_at' END,
            CASE WHEN chat.is_muted IS NOT NULL THEN 'is_muted' END,
            CASE WHEN chat.is_archived IS NOT NULL THEN 'is_archived' END,
            CASE WHEN chat.is_exited IS NOT NULL THEN 'is_exited' END,
            CASE WHEN chat.is_pinned IS NOT NULL THEN 'is_pinned' END,
            CASE WHEN chat.is_deleted IS NOT NULL THEN 'is_deleted' END,
            CASE WHEN chat.invite_link IS NOT NULL THEN 'invite_link' END,
            CASE WHEN chat.group_description IS NOT NULL THEN 'group_description' END,
            CASE WHEN chat.labels IS NOT NULL THEN 'labels' END,
            CASE WHEN chat.custom_properties IS NOT NULL THEN 'custom_properties' END,
            CASE WHEN chat.assigned_to IS NOT NULL THEN 'assigned_to' END,
            CASE WHEN chat.closed_at IS NOT NULL THEN 'closed_at' END,
            CASE WHEN chat.member_count IS NOT NULL THEN 'member_count' END
        ] AS given
    FROM ledger_events
    WHERE chat_keys IS NOT NULL OR chat IS NOT NULL
    UNION ALL
    SELECT
        event_id,
        'chat_before' AS image,
        chat_before_keys AS keys,
        [
            CASE WHEN chat_before.chat_name IS NOT NULL THEN 'chat_name' END,
            CASE WHEN chat_before.chat_type IS NOT NULL THEN 'chat_type' END,
            CASE WHEN chat_before.org_phone IS NOT NULL THEN 'org_phone' END,
            CASE WHEN chat_before.chat_org_phones IS NOT NULL THEN 'chat_org_phones' END,
            CASE WHEN chat_before.chat_image IS NOT NULL THEN 'chat_image' END,
            CASE WHEN chat_before.created_at IS NOT NULL THEN 'created_at' END,
            CASE WHEN chat_before.updated_at IS NOT NULL THEN 'updated_at' END,
            CASE WHEN chat_before.is_muted IS NOT NULL THEN 'is_muted' END,
            CASE WHEN chat_before.is_archived IS NOT NULL THEN 'is_archived' END,
            CASE WHEN chat_before.is_exited IS NOT NULL THEN 'is_exited' END,
            CASE WHEN chat_before.is_pinned IS NOT NULL THEN 'is_pinned' END,
            CASE WHEN chat_before.is_deleted IS NOT NULL THEN 'is_deleted' END,
            CASE WHEN chat_before.invite_link IS NOT NULL THEN 'invite_link' END,
            CASE WHEN chat_before.group_description IS NOT NULL THEN 'group_description' END,
            CASE WHEN chat_before.labels IS NOT NULL THEN 'labels' END,
            CASE WHEN chat_before.custom_properties IS NOT NULL THEN 'custom_properties' END,
            CASE WHEN chat_before.assigned_to IS NOT NULL THEN 'assigned_to' END,
            CASE WHEN chat_before.closed_at IS NOT NULL THEN 'closed_at' END,
            CASE WHEN chat_before.member_count IS NOT NULL THEN 'member_count' END
        ] AS given
    FROM ledger_events
    WHERE chat_before_keys IS NOT NULL OR chat_before IS NOT NULL
),
split AS (
    SELECT *, list_filter(string_split(keys, ','), lambda k: k <> '') AS names
    FROM told
)
SELECT event_id, image, keys
FROM split
WHERE names IS NULL
    OR keys <> ',' || array_to_string(names, ',') || CASE WHEN len(names) > 0 THEN ',' ELSE '' END
    OR names <> list_sort(list_distinct(names))
    OR NOT list_has_all(names, list_filter(given, lambda k: k IS NOT NULL))
ORDER BY event_id, image
