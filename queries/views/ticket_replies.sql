/*---
title = "The first reply to each ticket"
grain = "one row per ticket that was replied to"
internal = true
---*/
-- A message belongs to a ticket it is attached to; else to the one ticket of its chat that was
-- active when it was sent. With two or more active tickets it is ambiguous and belongs to none.
CREATE OR REPLACE VIEW ticket_replies AS
WITH replies AS (
    SELECT org_id, message_id, unique_id, chat_id, sent_at
    FROM agent_messages
    WHERE is_agent
),
attached AS (
    SELECT l.org_id, l.ticket_id, r.message_id, r.sent_at
    FROM ticket_messages AS l
    JOIN replies AS r ON r.org_id = l.org_id AND r.message_id = l.message_id
    WHERE l.link = 'attached'
),
in_chat AS (
    SELECT r.org_id, any_value(s.ticket_id) AS ticket_id, r.message_id, r.sent_at
    FROM replies AS r
    JOIN ticket_spans AS s
        ON s.org_id = r.org_id
        AND s.chat_id = r.chat_id
        AND status_class(s.status) = 'active'
        AND r.sent_at >= s.since
        AND (s.until IS NULL OR r.sent_at < s.until)
    WHERE NOT EXISTS (
        FROM attached AS a WHERE a.org_id = r.org_id AND a.message_id = r.message_id
    )
    GROUP BY r.org_id, r.message_id, r.sent_at
    HAVING count(DISTINCT s.ticket_id) = 1
),
linked AS (
    FROM attached
    UNION ALL BY NAME
    FROM in_chat
)
SELECT
    t.org_id,
    t.ticket_id,
    min(l.sent_at) AS first_reply_at
FROM linked AS l
JOIN tickets_all AS t ON t.org_id = l.org_id AND t.ticket_id = l.ticket_id
WHERE l.sent_at > coalesce(t.created_at, t.first_event_at)
GROUP BY t.org_id, t.ticket_id
