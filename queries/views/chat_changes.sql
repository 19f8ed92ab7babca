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
-- One macro a step: a macro repeats its argument, and nested ones multiply. A chat that was seen is
-- not deleted unless told. A map of properties may be declared whole or as its changed keys alone.
CREATE OR REPLACE VIEW chat_changes AS
WITH folded AS (
    SELECT
        org_id,
        chat_id,
        event_at,
        event_id,
        seq,
        keys,
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
            created_at := iso(created_at),
            closed_at := iso(closed_at),
            is_deleted := coalesce(is_deleted, {'v': false})
        ) AS known,
        struct_pack(
            chat_name := present(before_keys, 'chat_name', before.chat_name),
            chat_type := present(before_keys, 'chat_type', before.chat_type),
            chat_org_phones := present(before_keys, 'chat_org_phones', before.chat_org_phones),
            chat_image := present(before_keys, 'chat_image', before.chat_image),
            labels := present(before_keys, 'labels', before.labels),
            custom_properties := present(before_keys, 'custom_properties', before.custom_properties::JSON),
            assigned_to := present(before_keys, 'assigned_to', before.assigned_to),
            is_muted := present(before_keys, 'is_muted', before.is_muted),
            is_archived := present(before_keys, 'is_archived', before.is_archived),
            is_exited := present(before_keys, 'is_exited', before.is_exited),
            is_pinned := present(before_keys, 'is_pinned', before.is_pinned),
            group_description := present(before_keys, 'group_description', before.group_description),
            invite_link := present(before_keys, 'invite_link', before.invite_link),
            member_count := present(before_keys, 'member_count', before.member_count),
            created_at := iso(present(before_keys, 'created_at', before.created_at)),
            closed_at := iso(present(before_keys, 'closed_at', before.closed_at)),
            is_deleted := present(before_keys, 'is_deleted', before.is_deleted)
        ) AS declared
    FROM chat_folds
),
imaged AS (
    SELECT
        *,
        lag(known) OVER (PARTITION BY org_id, chat_id ORDER BY seq) AS former,
        struct_pack(
            chat_name := told(keys, 'chat_name', known.chat_name),
            chat_type := told(keys, 'chat_type', known.chat_type),
            chat_org_phones := told(keys, 'chat_org_phones', known.chat_org_phones),
            chat_image := told(keys, 'chat_image', known.chat_image),
            labels := told(keys, 'labels', known.labels),
            custom_properties := told(keys, 'custom_properties', known.custom_properties),
            assigned_to := told(keys, 'assigned_to', known.assigned_to),
            is_muted := told(keys, 'is_muted', known.is_muted),
            is_archived := told(keys, 'is_archived', known.is_archived),
            is_exited := told(keys, 'is_exited', known.is_exited),
            is_pinned := told(keys, 'is_pinned', known.is_pinned),
            group_description := told(keys, 'group_description', known.group_description),
            invite_link := told(keys, 'invite_link', known.invite_link),
            member_count := told(keys, 'member_count', known.member_count),
            created_at := told(keys, 'created_at', known.created_at),
            closed_at := told(keys, 'closed_at', known.closed_at),
            is_deleted := told(keys, 'is_deleted', known.is_deleted)
        ) AS image
    FROM folded
),
read AS (
    SELECT
        *,
        CASE
            WHEN declared.custom_properties IS NOT NULL
                AND former.custom_properties IS NOT NULL
                AND declares_properties(
                    declared.custom_properties.v,
                    image.custom_properties.v,
                    former.custom_properties.v
                )
            THEN former.custom_properties
            ELSE declared.custom_properties
        END AS declared_properties
    FROM imaged
),
compared AS (
    SELECT org_id, chat_id, event_at, event_id, unnest([
        change('chat_name', former.chat_name, image.chat_name, declared.chat_name),
        change('chat_type', former.chat_type, image.chat_type, declared.chat_type),
        change('chat_org_phones', former.chat_org_phones, image.chat_org_phones, declared.chat_org_phones),
        change('chat_image', former.chat_image, image.chat_image, declared.chat_image),
        change('labels', former.labels, image.labels, declared.labels),
        change('custom_properties', former.custom_properties, image.custom_properties, declared_properties),
        change('assigned_to', former.assigned_to, image.assigned_to, declared.assigned_to),
        change('is_muted', former.is_muted, image.is_muted, declared.is_muted),
        change('is_archived', former.is_archived, image.is_archived, declared.is_archived),
        change('is_exited', former.is_exited, image.is_exited, declared.is_exited),
        change('is_pinned', former.is_pinned, image.is_pinned, declared.is_pinned),
        change('group_description', former.group_description, image.group_description, declared.group_description),
        change('invite_link', former.invite_link, image.invite_link, declared.invite_link),
        change('member_count', former.member_count, image.member_count, declared.member_count),
        change('created_at', former.created_at, image.created_at, declared.created_at),
        change('closed_at', former.closed_at, image.closed_at, declared.closed_at),
        change('is_deleted', former.is_deleted, image.is_deleted, declared.is_deleted)
    ]) AS change
    FROM read
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
