/*---
title = "When an agent spoke to each ticket's customer, and since when one waited"
dear = true
grain = "one row per ticket and turn of an agent"
internal = true
---*/
-- What was made before is as in `ticket_status_moves`.
CREATE OR REPLACE VIEW ticket_agent_turns AS
WITH turns AS (
    SELECT
        *,
        lag(since) OVER (PARTITION BY org_id, ticket_id ORDER BY turn) AS asked_at
    FROM ticket_turns
)
SELECT
    t.org_id,
    t.ticket_id,
    c.chat_id,
    t.turn,
    t.agent,
    t.since,
    t.asked_at,
    t.messages,
    lag(t.since) OVER (PARTITION BY t.org_id, t.ticket_id, t.agent ORDER BY t.turn)
        AS made_before_at,
    c.is_deleted
FROM turns AS t
JOIN tickets_all AS c ON c.org_id = t.org_id AND c.ticket_id = t.ticket_id
WHERE t.is_agent
