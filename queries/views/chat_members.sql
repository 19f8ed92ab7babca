/*---
title = "Who is in each chat, from the last member list seen"
grain = "one row per chat and contact"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
chat_id = { type = "VARCHAR", help = "chat" }
contact_id = { type = "VARCHAR", help = "contact" }
contact_name = { type = "VARCHAR", help = "name" }
contact_labels = { type = "VARCHAR[]", help = "labels: trimmed, case-folded, sorted" }
is_admin = { type = "BOOLEAN", help = "admin of the group" }
is_super_admin = { type = "BOOLEAN", help = "creator of the group" }
is_internal = { type = "BOOLEAN", help = "belongs to the team" }
---*/
CREATE OR REPLACE VIEW chat_members AS
WITH latest AS (
    SELECT org_id, chat_id, members.v AS members
    FROM chat_folds
    WHERE members IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY org_id, chat_id ORDER BY seq DESC) = 1
),
each AS (
    SELECT
        org_id,
        chat_id,
        unnest(map_entries(from_json(members, '"MAP(VARCHAR, JSON)"'))) AS member
    FROM latest
)
SELECT
    org_id,
    chat_id,
    member.key AS contact_id,
    member.value ->> 'contact_name' AS contact_name,
    coalesce(from_json(member.value -> 'contact_labels', '["VARCHAR"]'), []) AS contact_labels,
    (member.value ->> 'is_admin')::BOOLEAN AS is_admin,
    (member.value ->> 'is_super_admin')::BOOLEAN AS is_super_admin,
    (member.value ->> 'is_internal')::BOOLEAN AS is_internal
FROM each
