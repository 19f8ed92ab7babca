/*---
title = "What each event is about, and where that is: whatever shares a place is folded together"
internal = true
---*/
-- `subject` is the ticket, message or chat itself; `things` are all tickets, messages and short ids
-- that the event names; `places` the chats it tells of. An event that tells no chat ties what it
-- names to its subject.
CREATE OR REPLACE VIEW event_subjects AS
WITH named AS (
    SELECT
        *,
        CASE
            WHEN object_type = 'ticket' THEN 'ticket ' || ticket_id
            WHEN message_keys IS NOT NULL THEN 'message ' || message_id
            WHEN chat_keys IS NOT NULL THEN 'chat ' || chat_id
        END AS subject,
        list_transform(
            list_distinct([chat_id, ticket_before.chat_id]),
            lambda chat: 'chat ' || chat
        ) AS chats
    FROM ledger_events
    WHERE object_type = 'ticket' OR message_keys IS NOT NULL OR chat_keys IS NOT NULL
)
SELECT
    * EXCLUDE (chats),
    list_distinct(list_concat(
        [
            subject,
            'ticket ' || nullif(ticket_id, ''),
            'short ' || quoted_id(ticket.quoted_message_id),
            'short ' || coalesce(nullif(message.unique_id, ''), short_id(message_id))
        ],
        list_transform(
            CASE
                WHEN object_type = 'ticket'
                THEN part_of_info(data_attached_messages, data, '$.attached_messages')
                    ->> '$[*].message_id'
            END,
            lambda id: 'message ' || nullif(id, '')
        )
    )) AS things,
    CASE WHEN len(chats) > 0 THEN chats ELSE [subject] END AS places
FROM named
