/*---
title = "Every state a chat was in"
grain = "one row per chat and version"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
chat_id = { type = "VARCHAR", help = "chat; unique within its organisation" }
version = { type = "BIGINT", help = "1 for the first known state" }
valid_from = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event that opened it" }
valid_to = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the next version; NULL = still valid" }
chat_name = { type = "VARCHAR", help = "name" }
chat_type = { type = "VARCHAR", help = "user, group, business or another" }
chat_org_phones = { type = "VARCHAR[]", help = "phones of the team in this chat" }
chat_image = { type = "VARCHAR", help = "picture" }
labels = { type = "VARCHAR[]", help = "labels: trimmed, case-folded, sorted" }
custom_properties = { type = "JSON", help = "custom properties by name" }
assigned_to = { type = "VARCHAR", help = "who looks after the chat" }
is_muted = { type = "BOOLEAN", help = "muted" }
is_archived = { type = "BOOLEAN", help = "archived" }
is_exited = { type = "BOOLEAN", help = "left" }
is_pinned = { type = "BOOLEAN", help = "pinned" }
group_description = { type = "VARCHAR", help = "description of the group" }
invite_link = { type = "VARCHAR", help = "invitation link" }
member_count = { type = "INTEGER", help = "members as reported" }
created_at = { type = "TIMESTAMP WITH TIME ZONE", help = "creation as reported" }
closed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "closing as reported" }
is_deleted = { type = "BOOLEAN", help = "deleted and not restored" }
event_id = { type = "VARCHAR", help = "event that opened it" }
evidence = { type = "VARCHAR", help = "both: the event also told old values; image: it did not; snapshot: no event" }
---*/
-- Events that change nothing open no version; versions of one instant have no length but an order.
CREATE OR REPLACE VIEW chat_history AS
WITH states AS (
    SELECT
        *,
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
    FROM chat_states
),
opened AS (
    SELECT *
    FROM states
    QUALIFY seq = 1
        OR state IS DISTINCT FROM lag(state) OVER (PARTITION BY org_id, chat_id ORDER BY seq)
)
SELECT
    org_id,
    chat_id,
    row_number() OVER in_order AS version,
    event_at AS valid_from,
    lead(event_at) OVER in_order AS valid_to,
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
    is_deleted,
    event_id,
    evidence
FROM opened
WINDOW in_order AS (PARTITION BY org_id, chat_id ORDER BY seq)
