/*---
title = "The last version of a chat is its current state"
grain = "one row per chat that differs"
---*/
WITH last_version AS (
    SELECT
        org_id,
        chat_id,
        chat_name,
        chat_type,
        chat_org_phones,
        chat_image,
        labels,
        custom_properties,
        assigned_to,
        is_muted,
        is_archived,
        is_exited,
        is_pinned,
        group_description,
        invite_link,
        member_count,
        created_at,
        closed_at,
        is_deleted
    FROM chat_history
    WHERE valid_to IS NULL
),
present AS (
    SELECT
        org_id,
        chat_id,
        chat_name,
        chat_type,
        chat_org_phones,
        chat_image,
        labels,
        custom_properties,
        assigned_to,
        is_muted,
        is_archived,
        is_exited,
        is_pinned,
        group_description,
        invite_link,
        member_count,
        created_at,
        closed_at,
        is_deleted
    FROM chats_all
)
SELECT DISTINCT org_id, chat_id
FROM (
    (FROM last_version EXCEPT FROM present)
    UNION ALL
    (FROM present EXCEPT FROM last_version)
)
ORDER BY org_id, chat_id
