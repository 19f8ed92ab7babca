/*---
title = "What is sent in each chat, and when tickets are active there: how many are, at each step"
grain = "one row per chat and message, and two per stay of an active ticket"
internal = true
kept = true
---*/
-- `change` is 1 where a ticket becomes active, -1 where it no longer is, 0 where a message is sent;
-- `active` sums it up. Of the numbers of tickets the same sum is, while one is active, its number:
-- so no message is compared with all tickets of its chat. A message that is attached to a ticket is
-- its own, whoever is active, and is left out.
CREATE OR REPLACE VIEW chat_steps AS
WITH attached AS (
    SELECT org_id, message_id
    FROM ticket_messages
    WHERE link = 'attached'
),
stays AS (
    SELECT
        *,
        dense_rank() OVER (PARTITION BY org_id, chat_id ORDER BY ticket_id) AS number
    FROM ticket_activity
),
steps AS (
    SELECT
        org_id, chat_id, unnest([since, until]) AS reached_at, unnest([1, -1]) AS change, number,
        ticket_id
    FROM stays
    UNION ALL BY NAME
    SELECT
        m.org_id, m.chat_id, m.sent_at AS reached_at, 0 AS change, 0 AS number, m.message_id,
        m.unique_id, m.is_agent, m.agent, m.event_id
    FROM agent_messages AS m
    ANTI JOIN attached AS a ON a.org_id = m.org_id AND a.message_id = m.message_id
    WHERE m.chat_id IS NOT NULL
)
SELECT
    *,
    sum(change) OVER so_far AS active,
    sum(change * number) OVER so_far AS numbers
FROM steps
WINDOW so_far AS (PARTITION BY org_id, chat_id ORDER BY reached_at, change = 0)
