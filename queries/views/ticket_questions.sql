/*---
title = "The message each ticket was raised from, and the team's next one in its chat"
grain = "one row per ticket whose quoted message is known; both as `told_at`"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_questions AS
WITH quoted AS MATERIALIZED (
    SELECT
        t.org_id,
        t.ticket_id,
        any_value(t.chat_id) AS chat_id,
        arg_min(m.is_agent, (m.sent_at, m.message_id)) AS is_agent,
        arg_min(told_exactly(m.sent_at, m.event_id), (m.sent_at, m.message_id))
            AS quoted
    FROM tickets_all AS t
    JOIN agent_messages AS m
        ON m.org_id = t.org_id AND m.unique_id = quoted_id(t.quoted_message_id)
    GROUP BY t.org_id, t.ticket_id
),
answers AS (
    SELECT m.org_id, m.chat_id, m.sent_at, min(m.event_id) AS event_id
    FROM agent_messages AS m
    SEMI JOIN quoted AS t ON t.org_id = m.org_id AND t.chat_id = m.chat_id
    WHERE m.is_agent
    GROUP BY m.org_id, m.chat_id, m.sent_at
)
SELECT
    q.org_id,
    q.ticket_id,
    q.quoted,
    CASE
        WHEN a.sent_at IS NOT NULL AND NOT q.is_agent
        THEN told_exactly(a.sent_at, a.event_id)
    END AS response
FROM quoted AS q
ASOF LEFT JOIN answers AS a
    ON a.org_id = q.org_id AND a.chat_id = q.chat_id AND q.quoted.instant < a.sent_at
