/*---
title = "The first reply to each ticket"
grain = "one row per ticket that was replied to"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_replies AS
SELECT
    org_id,
    ticket_id,
    min(since) AS first_reply_at,
    arg_min(told_exactly(since, event_id), turn) AS first_reply
FROM ticket_turns
WHERE is_agent
GROUP BY org_id, ticket_id
