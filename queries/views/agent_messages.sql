/*---
title = "Messages that a customer could see, and whether the team sent them"
grain = "one row per message, notes and deleted messages left out"
internal = true
---*/
-- A message is the team's when it says so, when its id starts with `true_`, when a member sent it
-- through the app, or when its sender is an internal member of the chat.
CREATE OR REPLACE VIEW agent_messages AS
SELECT
    m.org_id,
    m.message_id,
    m.unique_id,
    m.chat_id,
    m.ticket_id,
    coalesce(m.sent_at, m.first_event_at) AS sent_at,
    coalesce(m.from_me, false)
        OR starts_with(m.message_id, 'true_')
        OR coalesce(m.performed_by, '') <> ''
        OR coalesce(c.is_internal, false) AS is_agent,
    nullif(m.performed_by, '') AS agent,
    m.sent_event_id AS event_id
FROM messages AS m
LEFT JOIN chat_members AS c
    ON c.org_id = m.org_id
    AND c.chat_id = m.chat_id
    AND c.contact_id = coalesce(m.author, m.sender_phone)
WHERE NOT m.is_note AND NOT m.is_deleted
