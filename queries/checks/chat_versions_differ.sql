/*---
title = "Every version of a chat differs from the one before it"
grain = "one row per version that does not"
---*/
SELECT org_id, chat_id, version
FROM (
    SELECT
        org_id,
        chat_id,
        version,
        state = lag(state) OVER in_order AS is_same
    FROM (
        SELECT
            org_id,
            chat_id,
            version,
            struct_pack(
                chat_name := chat_name,
                chat_type := chat_type,
                chat_org_phones := chat_org_phones,
                chat_image := chat_image,
                labels := labels,
                custom_properties := custom_properties,
                assigned_to := assigned_to,
                is_muted := is_muted,
                is_archived := is_archived,
                is_exited := is_exited,
                is_pinned := is_pinned,
                group_description := group_description,
                invite_link := invite_link,
                member_count := member_count,
                created_at := created_at,
                closed_at := closed_at,
                is_deleted := is_deleted
            ) AS state
        FROM chat_history
    )
    WINDOW in_order AS (PARTITION BY org_id, chat_id ORDER BY version)
)
WHERE is_same
ORDER BY org_id, chat_id, version
