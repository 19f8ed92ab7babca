/*---
title = "Messages that a customer could see, and whether the team sent them"
grain = "one row per message, notes and deleted messages left out"
internal = true
---*/
-- A message is the team's when it says so, when its id starts with `true_`, when a member sent it
-- through the app, or when its sender is an internal member of the chat.
CREATE OR REPLACE VIEW agent_messages AS
WITH insiders AS (
    SELECT DISTINCT org_id, chat_id, contact_of(contact_id, NULL) AS contact_id
    FROM chat_members
    WHERE is_internal
)
SELECT
    m.org_id,
    m.message_id,
    coalesce(nullif(m.unique_id, ''), short_id(m.message_id)) AS unique_id,
    m.chat_id,
    m.ticket_id,
    coalesce(m.sent_at, m.first_event_at) AS sent_at,
    coalesce(m.from_me, false)
        OR starts_with(m.message_id, 'true_')
        OR coalesce(m.performed_by, '') <> ''
        OR c.contact_id IS NOT NULL AS is_agent,
    nullif(m.performed_by, '') AS agent,
    m.sent_event_id AS event_id
FROM messages AS m
LEFT JOIN insiders AS c
    ON c.org_id = m.org_id
    AND c.chat_id = m.chat_id
    AND c.contact_id = contact_of(m.author, m.sender_phone)
WHERE NOT m.is_note AND NOT m.is_deleted
