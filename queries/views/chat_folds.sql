/*---
title = "What was known of each chat after each of its events"
grain = "one row per event"
internal = true
---*/
-- A field is a struct {v} holding the value of the last event in which its key was present,
-- null included; the struct itself is null while the field was never mentioned.
CREATE OR REPLACE VIEW chat_folds AS
SELECT
    org_id,
    chat_id,
    event_at,
    event_id,
    form,
    chat_keys AS keys,
    chat_before_keys AS before_keys,
    chat_before AS before,
    row_number() OVER so_far AS seq,
    min(CASE WHEN form <> 'snapshot' THEN event_at END) OVER so_far AS first_event_at,
    max(CASE WHEN form <> 'snapshot' THEN event_at END) OVER so_far AS last_event_at,
    last_value(CASE WHEN form <> 'snapshot' THEN event_id END IGNORE NULLS) OVER so_far
        AS last_event_id,
    count(CASE WHEN form <> 'snapshot' THEN 1 END) OVER so_far AS event_count,
    last_value(present(chat_keys, 'chat_name', chat.chat_name) IGNORE NULLS) OVER so_far
        AS chat_name,
    last_value(present(chat_keys, 'chat_type', chat.chat_type) IGNORE NULLS) OVER so_far
        AS chat_type,
    last_value(present(chat_keys, 'org_phone', chat.org_phone) IGNORE NULLS) OVER so_far
        AS org_phone,
    last_value(present(chat_keys, 'chat_org_phones', chat.chat_org_phones) IGNORE NULLS) OVER so_far
        AS chat_org_phones,
    last_value(present(chat_keys, 'chat_image', chat.chat_image) IGNORE NULLS) OVER so_far
        AS chat_image,
    last_value(present(chat_keys, 'labels', chat.labels) IGNORE NULLS) OVER so_far AS labels,
    last_value(present(chat_keys, 'custom_properties', chat.custom_properties::JSON) IGNORE NULLS) OVER so_far
        AS custom_properties,
    last_value(present(chat_keys, 'assigned_to', chat.assigned_to) IGNORE NULLS) OVER so_far
        AS assigned_to,
    last_value(present(chat_keys, 'is_muted', chat.is_muted) IGNORE NULLS) OVER so_far AS is_muted,
    last_value(present(chat_keys, 'is_archived', chat.is_archived) IGNORE NULLS) OVER so_far
        AS is_archived,
    last_value(present(chat_keys, 'is_exited', chat.is_exited) IGNORE NULLS) OVER so_far
        AS is_exited,
    last_value(present(chat_keys, 'is_pinned', chat.is_pinned) IGNORE NULLS) OVER so_far
        AS is_pinned,
    last_value(present(chat_keys, 'group_description', chat.group_description) IGNORE NULLS) OVER so_far
        AS group_description,
    last_value(present(chat_keys, 'invite_link', chat.invite_link) IGNORE NULLS) OVER so_far
        AS invite_link,
    last_value(present(chat_keys, 'member_count', chat.member_count) IGNORE NULLS) OVER so_far
        AS member_count,
    last_value(present(chat_keys, 'created_at', chat.created_at) IGNORE NULLS) OVER so_far
        AS created_at,
    last_value(present(chat_keys, 'updated_at', chat.updated_at) IGNORE NULLS) OVER so_far
        AS updated_at,
    last_value(present(chat_keys, 'closed_at', chat.closed_at) IGNORE NULLS) OVER so_far
        AS closed_at,
    last_value(present(chat_keys, 'is_deleted', chat.is_deleted) IGNORE NULLS) OVER so_far
        AS is_deleted,
    last_value(present(chat_keys, 'members', members::JSON) IGNORE NULLS) OVER so_far
        AS members
FROM ledger_events
WHERE chat_keys IS NOT NULL
WINDOW so_far AS (
    PARTITION BY org_id, chat_id
    ORDER BY event_at, event_rank(event_type, 'chat'), event_id
    ROWS UNBOUNDED PRECEDING
)
