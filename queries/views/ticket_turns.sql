/*---
title = "Who spoke when since each ticket began: messages of one side in a row are one turn"
grain = "one row per ticket and turn"
internal = true
kept = true
---*/
CREATE OR REPLACE VIEW ticket_turns AS
WITH spoken AS (
    SELECT
        c.*,
        c.is_agent IS DISTINCT FROM lag(c.is_agent) OVER in_order AS is_new
    FROM ticket_conversations AS c
    JOIN ticket_births AS b ON b.org_id = c.org_id AND b.ticket_id = c.ticket_id
    WHERE c.sent_at > b.born_at OR (c.sent_at = b.born_at AND NOT c.is_agent)
    WINDOW in_order AS (PARTITION BY c.org_id, c.ticket_id ORDER BY c.sent_at, c.message_id)
),
turns AS (
    SELECT
        *,
        count(CASE WHEN is_new THEN 1 END) OVER (
            PARTITION BY org_id, ticket_id ORDER BY sent_at, message_id ROWS UNBOUNDED PRECEDING
        ) AS turn
    FROM spoken
)
SELECT
    org_id,
    ticket_id,
    turn,
    any_value(is_agent) AS is_agent,
    min(sent_at) AS since,
    max(sent_at) AS until,
    count(*) AS messages,
    arg_min(struct_pack(v := agent), (sent_at, message_id)).v AS agent,
    arg_min(event_id, (sent_at, message_id)) AS event_id
FROM turns
GROUP BY org_id, ticket_id, turn
