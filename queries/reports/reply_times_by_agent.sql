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
        *,
        microseconds_between(asked_at, since) AS us,
        is_first_since(made_before_at, $from) AS is_first
    FROM ticket_agent_turns
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE NOT is_deleted
        AND since <= $as_of::TIMESTAMPTZ
        AND since >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND since < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
excluded AS (
    FROM deleted_tickets($org_id, $assignee, $priority, $label, $property)
)
SELECT
    t.org_id,
    t.agent,
    count(*) AS turns,
    count(t.asked_at) AS replies,
    quantile_cont(t.us, 0.5) / 1e6 AS p50_s,
    quantile_cont(t.us, 0.85) / 1e6 AS p85_s,
    sum(t.messages)::BIGINT AS messages_out,
    count(DISTINCT t.chat_id) AS chats,
    count(*) FILTER (t.is_first) AS tickets,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded
FROM turns AS t
LEFT JOIN excluded AS e ON e.org_id = t.org_id
GROUP BY t.org_id, t.agent
ORDER BY t.org_id, t.agent NULLS FIRST
