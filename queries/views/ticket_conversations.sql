/*---
title = "The messages of each ticket, the team's and the customer's"
grain = "one row per ticket and message; several per message while they are ambiguous"
internal = true
kept = true
---*/
-- A message belongs to a ticket it is attached to; else to the one ticket of its chat that was
-- active when it was sent. With two or more active tickets it is ambiguous and belongs to none. The
-- team's own message that a ticket was raised from is no reply to it.
CREATE OR REPLACE VIEW ticket_conversations AS
WITH attached AS (
    SELECT DISTINCT
        l.org_id, l.ticket_id, m.message_id, m.unique_id, m.sent_at, m.is_agent, m.agent,
        m.event_id
    FROM ticket_messages AS l
    JOIN agent_messages AS m ON m.org_id = l.org_id AND m.message_id = l.message_id
    WHERE l.link = 'attached'
),
stays AS (
    SELECT
        org_id,
        ticket_id,
        chat_id,
        place,
        moved_at AS since,
        lead(moved_at) OVER (PARTITION BY org_id, ticket_id ORDER BY version) AS until
    FROM ticket_moves
),
in_chat AS (
    SELECT
        m.org_id, s.ticket_id, m.message_id, m.unique_id, m.sent_at, m.is_agent, m.agent,
        m.event_id
    FROM agent_messages AS m
    JOIN stays AS s
        ON s.org_id = m.org_id
        AND s.chat_id = m.chat_id
        AND s.place = 'active'
        AND m.sent_at >= s.since
        AND (s.until IS NULL OR m.sent_at < s.until)
    WHERE NOT EXISTS (
        FROM attached AS a WHERE a.org_id = m.org_id AND a.message_id = m.message_id
    )
),
linked AS (
    SELECT *, false AS is_ambiguous
    FROM attached
    UNION ALL BY NAME
    SELECT *, count(*) OVER (PARTITION BY org_id, message_id) > 1 AS is_ambiguous
    FROM in_chat
)
SELECT l.*
FROM linked AS l
JOIN tickets_all AS t ON t.org_id = l.org_id AND t.ticket_id = l.ticket_id
WHERE NOT (l.is_agent AND coalesce(l.unique_id = t.quoted_message_id, false))
