/*---
title = "How many messages were sent in its chat while each ticket and others were active"
grain = "one row per ticket that has such messages"
internal = true
kept = true
---*/
-- Of a stay these are the ambiguous messages before its end, without those before its beginning.
CREATE OR REPLACE VIEW ticket_ambiguities AS
WITH counted AS (
    SELECT org_id, ticket_id, -sum(change * so_far) AS messages
    FROM (
        SELECT
            org_id,
            ticket_id,
            change,
            sum((change = 0 AND active > 1)::INTEGER) OVER (
                PARTITION BY org_id, chat_id ORDER BY reached_at, change = 0
            ) AS so_far
        FROM chat_steps
    )
    WHERE change <> 0
    GROUP BY org_id, ticket_id
),
own AS (
    SELECT t.org_id, t.ticket_id, count(*) AS messages
    FROM chat_steps AS s
    JOIN tickets_all AS t
        ON t.org_id = s.org_id AND quoted_id(t.quoted_message_id) = s.unique_id
    JOIN ticket_activity AS a
        ON a.org_id = t.org_id
        AND a.ticket_id = t.ticket_id
        AND a.chat_id = s.chat_id
        AND s.reached_at >= a.since
        AND s.reached_at < a.until
    WHERE s.change = 0 AND s.active > 1 AND s.is_agent
    GROUP BY t.org_id, t.ticket_id
)
SELECT
    c.org_id,
    c.ticket_id,
    (c.messages - coalesce(o.messages, 0))::BIGINT AS ambiguous_messages
FROM counted AS c
LEFT JOIN own AS o ON o.org_id = c.org_id AND o.ticket_id = c.ticket_id
WHERE c.messages > coalesce(o.messages, 0)
