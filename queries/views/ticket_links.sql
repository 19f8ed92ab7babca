/*---
title = "What events tell of which messages belong to which ticket"
grain = "one row per ticket, kind of link, and ids of a message as told together"
internal = true
---*/
-- A message that is not the quoted one does not tell the quoted one's id.
CREATE OR REPLACE VIEW ticket_links AS
WITH told AS (
    SELECT
        org_id,
        ticket_id,
        CASE
            WHEN quoted_message_id <> unique_id THEN quoted_message_id
            WHEN split_part(message_id, '_', 3) = unique_id THEN message_id
        END AS message_id,
        unique_id,
        'quoted' AS link,
        event_at,
        event_id
    FROM (
        SELECT
            org_id,
            ticket_id,
            event_at,
            event_id,
            ticket.quoted_message_id,
            quoted_id(ticket.quoted_message_id) AS unique_id,
            part_of_info(data_message, data, '$.message') ->> '$.message_id' AS message_id
        FROM ledger_events
        WHERE object_type = 'ticket' AND ticket.quoted_message_id <> ''
    )
    UNION ALL
    SELECT
        org_id,
        ticket_id,
        nullif(
            unnest(
                part_of_info(data_attached_messages, data, '$.attached_messages')
                    ->> '$[*].message_id'
            ),
            ''
        ) AS message_id,
        NULL AS unique_id,
        'attached' AS link,
        event_at,
        event_id
    FROM ledger_events
    WHERE object_type = 'ticket'
    UNION ALL
    SELECT
        org_id,
        message.message_ticket_id AS ticket_id,
        message_id,
        nullif(message.unique_id, '') AS unique_id,
        'attached' AS link,
        event_at,
        event_id
    FROM ledger_events
    WHERE message_keys IS NOT NULL AND message.message_ticket_id <> ''
)
SELECT org_id, ticket_id, message_id, unique_id, link, event_at AS linked_at, event_id
FROM told
WHERE coalesce(message_id, unique_id) IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY org_id, ticket_id, link, message_id, unique_id
    ORDER BY event_at, event_id
) = 1
