/*---
title = "Events that became known after an instant, with the tickets they are about"
grain = "one row per event and ticket; what is said in a chat is about all tickets of it"

[params.since]
type = "TIMESTAMPTZ"
help = "commits after this instant"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
event_id = { type = "VARCHAR", help = "event" }
---*/
WITH fresh AS (
    SELECT org_id, ticket_id, chat_id, object_type, event_id
    FROM ledger_events
    WHERE loaded_at > $since::TIMESTAMPTZ AND event_at <= $as_of::TIMESTAMPTZ
)
SELECT org_id, ticket_id, event_id
FROM fresh
WHERE ticket_id <> ''
UNION
SELECT f.org_id, t.ticket_id, f.event_id
FROM fresh AS f
JOIN tickets_all AS t ON t.org_id = f.org_id AND t.chat_id = f.chat_id
WHERE f.object_type <> 'ticket'
ORDER BY org_id, ticket_id, event_id
