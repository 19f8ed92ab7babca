/*---
title = "Reply times by agent"
question = "Who answers how much, and how long did customers wait for it?"
grain = "one row per organisation and agent"
key = ["org_id", "agent"]
period = "turns of the team that began"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
agent = { type = "VARCHAR", help = "performed_by of the first message of a turn; NULL = sent from the phone, or nobody says" }
turns = { type = "BIGINT", help = "turns of the team, also those that nobody waited for" }
replies = { type = "BIGINT", help = "of these, answers to a turn of the customer" }
p50_s = { type = "DOUBLE", unit = "s", help = "median wait of the customer for these" }
p85_s = { type = "DOUBLE", unit = "s", help = "85 % waited no longer" }
messages_out = { type = "BIGINT", help = "messages in these turns" }
chats = { type = "BIGINT", help = "chats of their tickets, each once" }
tickets = { type = "BIGINT", help = "tickets, each once" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the organisation" }
---*/
WITH turns AS (
    SELECT
        t.*,
        c.chat_id,
        c.is_deleted,
        lag(t.since) OVER (PARTITION BY t.org_id, t.ticket_id ORDER BY t.turn) AS asked_at
    FROM ticket_turns AS t
    JOIN tickets_all AS c ON c.org_id = t.org_id AND c.ticket_id = t.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = t.org_id AND l.ticket_id = t.ticket_id
    WHERE ($org_id::VARCHAR IS NULL OR t.org_id = $org_id)
),
excluded AS (
    FROM deleted_tickets($org_id, $assignee, $priority, $label, $property)
)
SELECT
    t.org_id,
    t.agent,
    count(*) AS turns,
    count(t.asked_at) AS replies,
    quantile_cont(microseconds_between(t.asked_at, t.since), 0.5) / 1e6 AS p50_s,
    quantile_cont(microseconds_between(t.asked_at, t.since), 0.85) / 1e6 AS p85_s,
    sum(t.messages)::BIGINT AS messages_out,
    count(DISTINCT t.chat_id) AS chats,
    count(DISTINCT t.ticket_id) AS tickets,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded
FROM turns AS t
LEFT JOIN excluded AS e ON e.org_id = t.org_id
WHERE t.is_agent
    AND t.since <= $as_of::TIMESTAMPTZ
    AND NOT t.is_deleted
    AND t.since >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND t.since < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
GROUP BY t.org_id, t.agent
ORDER BY t.org_id, t.agent NULLS FIRST
