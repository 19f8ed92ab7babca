/*---
title = "How much was said about each ticket since it began"
dear = true
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_talk AS
WITH said AS (
    SELECT
        org_id,
        ticket_id,
        count(*) FILTER (is_agent) AS agent_replies,
        sum(messages) FILTER (is_agent) AS agent_messages,
        sum(messages) FILTER (NOT is_agent) AS customer_messages
    FROM ticket_turns
    GROUP BY org_id, ticket_id
)
SELECT
    t.org_id,
    t.ticket_id,
    coalesce(s.agent_replies, 0) AS agent_replies,
    coalesce(s.agent_messages, 0)::BIGINT AS agent_messages,
    coalesce(s.customer_messages, 0)::BIGINT AS customer_messages,
    coalesce(a.ambiguous_messages, 0) AS ambiguous_messages
FROM tickets_all AS t
LEFT JOIN said AS s ON s.org_id = t.org_id AND s.ticket_id = t.ticket_id
LEFT JOIN ticket_ambiguities AS a ON a.org_id = t.org_id AND a.ticket_id = t.ticket_id
