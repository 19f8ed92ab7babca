/*---
title = "Events about some tickets that became known after an instant"
grain = "one row per event and ticket; what is said in a chat is about all tickets of it"

[params.since]
type = "TIMESTAMPTZ"
help = "commits after this instant"

[params.as_of]
type = "TIMESTAMPTZ"
help = "only events up to this instant"

[params.tickets]
type = "VARCHAR"
help = "JSON: a list of objects with org_id and ticket_id"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
event_id = { type = "VARCHAR", help = "event" }
---*/
WITH asked AS (
    SELECT unnest(
        from_json($tickets, '[{"org_id": "VARCHAR", "ticket_id": "VARCHAR"}]'),
        recursive := true
    )
),
fresh AS (
    SELECT org_id, ticket_id, chat_id, object_type, event_id
    FROM ledger_events
    WHERE loaded_at > $since::TIMESTAMPTZ AND event_at <= $as_of::TIMESTAMPTZ
)
SELECT org_id, ticket_id, event_id
FROM fresh
SEMI JOIN asked USING (org_id, ticket_id)
UNION
SELECT f.org_id, t.ticket_id, f.event_id
FROM fresh AS f
JOIN (FROM tickets_all SEMI JOIN asked USING (org_id, ticket_id)) AS t
    ON t.org_id = f.org_id AND t.chat_id = f.chat_id
WHERE f.object_type <> 'ticket'
ORDER BY org_id, ticket_id, event_id
