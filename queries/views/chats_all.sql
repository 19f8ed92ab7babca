/*---
title = "Every chat ever seen, deleted ones included, in its last known state"
grain = "one row per chat"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
chat_id = { type = "VARCHAR", help = "chat; unique within its organisation" }
chat_name = { type = "VARCHAR", help = "name" }
chat_type = { type = "VARCHAR", help = "user, group, business or another" }
org_phone = { type = "VARCHAR", help = "phone of the team, last seen" }
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
updated_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last update as reported" }
closed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "closing as reported" }
is_deleted = { type = "BOOLEAN", help = "deleted and not restored" }
deleted_at = { type = "TIMESTAMP WITH TIME ZONE", help = "event that deleted it" }
first_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first event" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last event" }
last_event_id = { type = "VARCHAR", help = "last event" }
event_count = { type = "BIGINT", help = "events, snapshots not counted" }
---*/
CREATE OR REPLACE VIEW chats_all AS
FROM chats_all_at('infinity'::TIMESTAMPTZ)
