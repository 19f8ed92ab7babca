/*---
title = "Every change of a field of a chat"
grain = "one row per event and changed field"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
chat_id = { type = "VARCHAR", help = "chat; unique within its organisation" }
changed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event" }
field = { type = "VARCHAR", help = "column of the state that changed" }
old_value = { type = "JSON", help = "before; NULL = none" }
new_value = { type = "JSON", help = "after; NULL = none" }
event_id = { type = "VARCHAR", help = "event that tells of it" }
evidence = { type = "VARCHAR", help = "both: images and old values agree; image: from images; declared: old value only told" }
---*/
CREATE OR REPLACE VIEW chat_changes AS
WITH former AS (
    SELECT
        *,
        lag(chat_name) OVER in_order AS former_chat_name,
        lag(chat_type) OVER in_order AS former_chat_type,
        lag(chat_org_phones) OVER in_order AS former_chat_org_phones,
        lag(chat_image) OVER in_order AS former_chat_image,
        lag(labels) OVER in_order AS former_labels,
        lag(custom_properties) OVER in_order AS former_custom_properties,
        lag(assigned_to) OVER in_order AS former_assigned_to,
        lag(is_muted) OVER in_order AS former_is_muted,
        lag(is_archived) OVER in_order AS former_is_archived,
        lag(is_exited) OVER in_order AS former_is_exited,
        lag(is_pinned) OVER in_order AS former_is_pinned,
        lag(group_description) OVER in_order AS former_group_description,
        lag(invite_link) OVER in_order AS former_invite_link,
        lag(member_count) OVER in_order AS former_member_count,
        lag(created_at) OVER in_order AS former_created_at,
        lag(closed_at) OVER in_order AS former_closed_at,
        lag(is_deleted) OVER in_order AS former_is_deleted
    FROM chat_folds
    WINDOW in_order AS (PARTITION BY org_id, chat_id ORDER BY seq)
),
compared AS (
    SELECT org_id, chat_id, event_at, event_id, unnest([
        change('chat_name', former_chat_name, told(keys, 'chat_name', chat_name),
            present(before_keys, 'chat_name', before.chat_name)),
        change('chat_type', former_chat_type, told(keys, 'chat_type', chat_type),
            present(before_keys, 'chat_type', before.chat_type)),
        change('chat_org_phones', former_chat_org_phones, told(keys, 'chat_org_phones', chat_org_phones),
            present(before_keys, 'chat_org_phones', before.chat_org_phones)),
        change('chat_image', former_chat_image, told(keys, 'chat_image', chat_image),
            present(before_keys, 'chat_image', before.chat_image)),
        change('labels', former_labels, told(keys, 'labels', labels),
            present(before_keys, 'labels', before.labels)),
        change('custom_properties', former_custom_properties, told(keys, 'custom_properties', custom_properties),
            present(before_keys, 'custom_properties', before.custom_properties::JSON)),
        change('assigned_to', former_assigned_to, told(keys, 'assigned_to', assigned_to),
            present(before_keys, 'assigned_to', before.assigned_to)),
        change('is_muted', former_is_muted, told(keys, 'is_muted', is_muted),
            present(before_keys, 'is_muted', before.is_muted)),
        change('is_archived', former_is_archived, told(keys, 'is_archived', is_archived),
            present(before_keys, 'is_archived', before.is_archived)),
        change('is_exited', former_is_exited, told(keys, 'is_exited', is_exited),
            present(before_keys, 'is_exited', before.is_exited)),
        change('is_pinned', former_is_pinned, told(keys, 'is_pinned', is_pinned),
            present(before_keys, 'is_pinned', before.is_pinned)),
        change('group_description', former_group_description, told(keys, 'group_description', group_description),
            present(before_keys, 'group_description', before.group_description)),
        change('invite_link', former_invite_link, told(keys, 'invite_link', invite_link),
            present(before_keys, 'invite_link', before.invite_link)),
        change('member_count', former_member_count, told(keys, 'member_count', member_count),
            present(before_keys, 'member_count', before.member_count)),
        change('created_at', iso(former_created_at), told(keys, 'created_at', iso(created_at)),
            iso(present(before_keys, 'created_at', before.created_at))),
        change('closed_at', iso(former_closed_at), told(keys, 'closed_at', iso(closed_at)),
            iso(present(before_keys, 'closed_at', before.closed_at))),
        change('is_deleted', former_is_deleted, told(keys, 'is_deleted', is_deleted),
            present(before_keys, 'is_deleted', before.is_deleted))
    ]) AS change
    FROM former
)
SELECT
    org_id,
    chat_id,
    event_at AS changed_at,
    change.field AS field,
    change.old_value AS old_value,
    change.new_value AS new_value,
    event_id,
    change.evidence AS evidence
FROM compared
WHERE change IS NOT NULL
