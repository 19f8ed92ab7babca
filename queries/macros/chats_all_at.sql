/*---
title = "Every chat as it was at an instant, deleted ones included"
---*/
CREATE OR REPLACE MACRO chats_all_at(as_of) AS TABLE
SELECT
    org_id,
    chat_id,
    chat_name,
    chat_type,
    org_phone,
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
    updated_at,
    closed_at,
    is_deleted,
    deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count
FROM chat_states
WHERE event_at <= as_of
QUALIFY row_number() OVER (PARTITION BY org_id, chat_id ORDER BY seq DESC) = 1
