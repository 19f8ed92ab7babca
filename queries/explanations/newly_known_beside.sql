/*---
title = "Events about other tickets of the chats of some tickets that became known after an instant"
grain = "one row per event and ticket beside which it happened"

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
event_id = { type = "VARCHAR", help = "event, about another ticket" }
---*/
WITH asked AS (
    SELECT unnest(
        from_json($tickets, '[{"org_id": "VARCHAR", "ticket_id": "VARCHAR"}]'),
        recursive := true
    )
)
SELECT DISTINCT t.org_id, t.ticket_id, f.event_id
FROM (FROM tickets_all SEMI JOIN asked USING (org_id, ticket_id)) AS t
JOIN tickets_all AS beside
    ON beside.org_id = t.org_id AND beside.chat_id = t.chat_id AND beside.ticket_id <> t.ticket_id
JOIN ledger_events AS f ON f.org_id = beside.org_id AND f.ticket_id = beside.ticket_id
WHERE f.object_type = 'ticket'
    AND f.loaded_at > $since::TIMESTAMPTZ
    AND f.event_at <= $as_of::TIMESTAMPTZ
ORDER BY t.org_id, t.ticket_id, f.event_id
