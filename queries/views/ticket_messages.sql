/*---
title = "Which messages belong to which ticket"
grain = "one row per ticket, message and kind of link"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket" }
message_id = { type = "VARCHAR", help = "message; NULL when only its short id is known" }
unique_id = { type = "VARCHAR", help = "short id of the message" }
link = { type = "VARCHAR", help = "quoted: the ticket was raised from it; attached: added to the ticket" }
linked_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first event that tells of the link" }
event_id = { type = "VARCHAR", help = "that event" }
---*/
-- A message goes by its short id: the one that an event tells beside its long id, else the one
-- inside that.
CREATE OR REPLACE VIEW ticket_messages AS
WITH named AS (
    SELECT
        org_id,
        ticket_id,
        message_id,
        coalesce(
            min(unique_id) OVER (
                PARTITION BY org_id, ticket_id, link, coalesce(message_id, unique_id)
            ),
            short_id(message_id)
        ) AS unique_id,
        link,
        linked_at,
        event_id
    FROM ticket_links
)
SELECT org_id, ticket_id, message_id, unique_id, link, linked_at, event_id
FROM named
QUALIFY row_number() OVER (
    PARTITION BY org_id, ticket_id, link, coalesce(unique_id, message_id)
    ORDER BY linked_at, event_id, message_id
) = 1
