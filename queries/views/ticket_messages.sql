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
-- The short id of a message is the one that an event tells beside its long id, else the one inside
-- that. Who tells only the short id means the message whose long id others tell. One short id may be
-- in several long ones, as of copies on several phones: these are messages of their own.
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
),
meant AS (
    SELECT
        * REPLACE (
            CASE
                WHEN message_id <> unique_id OR unique_id IS NULL THEN message_id
                ELSE coalesce(
                    min(nullif(message_id, unique_id)) OVER (
                        PARTITION BY org_id, ticket_id, link, unique_id
                    ),
                    message_id
                )
            END AS message_id
        )
    FROM named
)
SELECT org_id, ticket_id, message_id, unique_id, link, linked_at, event_id
FROM meant
QUALIFY row_number() OVER (
    PARTITION BY org_id, ticket_id, link, coalesce(message_id, unique_id)
    ORDER BY linked_at, event_id
) = 1
