/*---
title = "Chats in their current state"
grain = "one row per chat, deleted ones included"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
chat_id = { type = "VARCHAR", help = "chat; unique within its organisation" }
chat_name = { type = "VARCHAR", help = "name" }
chat_type = { type = "VARCHAR", help = "user, group, business or another" }
org_phone = { type = "VARCHAR", help = "phone of the team, last seen" }
labels = { type = "VARCHAR", help = "labels, sorted, joined by a comma and a space" }
assigned_to = { type = "VARCHAR", help = "who looks after the chat" }
is_muted = { type = "BOOLEAN", help = "muted" }
is_archived = { type = "BOOLEAN", help = "archived" }
is_exited = { type = "BOOLEAN", help = "left" }
is_pinned = { type = "BOOLEAN", help = "pinned" }
group_description = { type = "VARCHAR", help = "description of the group" }
member_count = { type = "INTEGER", help = "members as reported" }
created_at = { type = "TIMESTAMP WITH TIME ZONE", help = "creation as reported" }
created_on = { type = "DATE", help = "local date of created_at" }
created_hour = { type = "INTEGER", help = "local hour of created_at, 0 to 23" }
closed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "closing as reported" }
closed_on = { type = "DATE", help = "local date of closed_at" }
closed_hour = { type = "INTEGER", help = "local hour of closed_at" }
is_deleted = { type = "BOOLEAN", help = "deleted and not restored" }
deleted_at = { type = "TIMESTAMP WITH TIME ZONE", help = "event that deleted it" }
deleted_on = { type = "DATE", help = "local date of deleted_at" }
deleted_hour = { type = "INTEGER", help = "local hour of deleted_at" }
first_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first event" }
first_event_on = { type = "DATE", help = "local date of first_event_at" }
first_event_hour = { type = "INTEGER", help = "local hour of first_event_at" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last event" }
last_event_on = { type = "DATE", help = "local date of last_event_at" }
last_event_hour = { type = "INTEGER", help = "local hour of last_event_at" }
last_event_id = { type = "VARCHAR", help = "last event" }
event_count = { type = "BIGINT", help = "events, snapshots not counted" }
---*/
-- Pictures and invitation links stay in the ledger: a feed is read by many.
SELECT
    org_id,
    chat_id,
    chat_name,
    chat_type,
    org_phone,
    array_to_string(labels, ', ') AS labels,
    assigned_to,
    is_muted,
    is_archived,
    is_exited,
    is_pinned,
    group_description,
    member_count,
    created_at,
    created_at::DATE AS created_on,
    hour(created_at)::INTEGER AS created_hour,
    closed_at,
    closed_at::DATE AS closed_on,
    hour(closed_at)::INTEGER AS closed_hour,
    is_deleted,
    deleted_at,
    deleted_at::DATE AS deleted_on,
    hour(deleted_at)::INTEGER AS deleted_hour,
    first_event_at,
    first_event_at::DATE AS first_event_on,
    hour(first_event_at)::INTEGER AS first_event_hour,
    last_event_at,
    last_event_at::DATE AS last_event_on,
    hour(last_event_at)::INTEGER AS last_event_hour,
    last_event_id,
    event_count
FROM chats_all
ORDER BY org_id, chat_id
