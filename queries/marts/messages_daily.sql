/*---
title = "Messages day by day: how many customers and team wrote, and who answered"
grain = "one row per organisation, local day, chat and team member; customers' messages have no member"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
day_at = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the local day" }
day_on = { type = "DATE", help = "local day" }
chat_id = { type = "VARCHAR", help = "chat" }
agent = { type = "VARCHAR", help = "member who sent them through the app; NULL = customers, or the team without a name" }
messages_in = { type = "BIGINT", help = "messages of customers" }
messages_out = { type = "BIGINT", help = "messages of the team" }
tickets = { type = "BIGINT", help = "different tickets they are attached to" }
---*/
SELECT
    org_id,
    bucket_start('day', date_trunc('day', sent_at)) AS day_at,
    date_trunc('day', sent_at)::DATE AS day_on,
    chat_id,
    CASE WHEN is_agent THEN agent END AS agent,
    count(*) FILTER (NOT is_agent) AS messages_in,
    count(*) FILTER (is_agent) AS messages_out,
    count(DISTINCT ticket_id) AS tickets
FROM agent_messages, asked_at AS a
WHERE sent_at <= a.instant
GROUP BY org_id, date_trunc('day', sent_at), chat_id, CASE WHEN is_agent THEN agent END
ORDER BY org_id, day_at, chat_id, agent
