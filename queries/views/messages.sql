/*---
title = "Every message and note in its last known state"
grain = "one row per message"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
message_id = { type = "VARCHAR", help = "message; one row however many phones saw it" }
unique_id = { type = "VARCHAR", help = "short id, shared by the copies of one message: tickets.quoted_message_id" }
chat_id = { type = "VARCHAR", help = "chat" }
ticket_id = { type = "VARCHAR", help = "ticket it is attached to" }
org_phone = { type = "VARCHAR", help = "phone of the team, last seen" }
org_phones = { type = "VARCHAR[]", help = "phones of the team that saw it" }
is_note = { type = "BOOLEAN", help = "internal note" }
body = { type = "VARCHAR", help = "text" }
message_type = { type = "VARCHAR", help = "chat, image, … or another" }
from_me = { type = "BOOLEAN", help = "sent by the team" }
author = { type = "VARCHAR", help = "who wrote it in a group" }
sender_phone = { type = "VARCHAR", help = "sender" }
performed_by = { type = "VARCHAR", help = "team member who sent it through the app" }
sent_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the message itself" }
sent_event_id = { type = "VARCHAR", help = "event that tells it; without one the first event" }
quoted_message_id = { type = "VARCHAR", help = "message it answers, by its short or its long id" }
has_media = { type = "BOOLEAN", help = "carries a file" }
flag_status = { type = "BOOLEAN", help = "flagged" }
ack = { type = "SMALLINT", help = "highest delivery status seen: 1 sent, 2 and 3 delivered, 4 read" }
is_deleted = { type = "BOOLEAN", help = "deleted" }
first_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first event" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last event" }
last_event_id = { type = "VARCHAR", help = "last event" }
event_count = { type = "BIGINT", help = "events, snapshots not counted" }
---*/
CREATE OR REPLACE VIEW messages AS
WITH folds AS (
    SELECT
        org_id,
        message_id,
        row_number() OVER so_far AS seq,
        list_sort(list_distinct(list(message.org_phone) OVER all_of_it)) AS org_phones,
        bool_or(object_type = 'note' OR coalesce(message.is_private_note, false)) OVER all_of_it
            AS is_note,
        max(message.ack) OVER all_of_it AS ack,
        min(CASE WHEN form <> 'snapshot' THEN event_at END) OVER so_far AS first_event_at,
        max(CASE WHEN form <> 'snapshot' THEN event_at END) OVER so_far AS last_event_at,
        last_value(CASE WHEN form <> 'snapshot' THEN event_id END IGNORE NULLS) OVER so_far
            AS last_event_id,
        first_value(CASE WHEN form <> 'snapshot' THEN event_id END IGNORE NULLS) OVER so_far
            AS first_event_id,
        last_value(CASE WHEN has(message_keys, 'sent_at') THEN event_id END IGNORE NULLS) OVER so_far
            AS telling_event_id,
        count(CASE WHEN form <> 'snapshot' THEN 1 END) OVER so_far AS event_count,
        last_value(present(message_keys, 'unique_id', message.unique_id) IGNORE NULLS) OVER so_far
            AS unique_id,
        last_value(present(message_keys, 'chat_id', message.chat_id) IGNORE NULLS) OVER so_far
            AS chat_id,
        last_value(present(message_keys, 'org_phone', message.org_phone) IGNORE NULLS) OVER so_far
            AS org_phone,
        last_value(present(message_keys, 'body', message.body) IGNORE NULLS) OVER so_far
            AS body,
        last_value(present(message_keys, 'message_type', message.message_type) IGNORE NULLS) OVER so_far
            AS message_type,
        last_value(present(message_keys, 'from_me', message.from_me) IGNORE NULLS) OVER so_far
            AS from_me,
        last_value(present(message_keys, 'author', message.author) IGNORE NULLS) OVER so_far
            AS author,
        last_value(present(message_keys, 'sender_phone', message.sender_phone) IGNORE NULLS) OVER so_far
            AS sender_phone,
        last_value(present(message_keys, 'performed_by', message.performed_by) IGNORE NULLS) OVER so_far
            AS performed_by,
        last_value(present(message_keys, 'sent_at', message.sent_at) IGNORE NULLS) OVER so_far
            AS sent_at,
        last_value(present(message_keys, 'quoted_message_id', message.quoted_message_id) IGNORE NULLS) OVER so_far
            AS quoted_message_id,
        last_value(present(message_keys, 'has_media', message.has_media) IGNORE NULLS) OVER so_far
            AS has_media,
        last_value(present(message_keys, 'flag_status', message.flag_status) IGNORE NULLS) OVER so_far
            AS flag_status,
        last_value(present(message_keys, 'is_deleted', message.is_deleted) IGNORE NULLS) OVER so_far
            AS is_deleted,
        last_value(present(message_keys, 'message_ticket_id', message.message_ticket_id) IGNORE NULLS) OVER so_far
            AS message_ticket_id
    FROM ledger_events
    WHERE message_keys IS NOT NULL
    WINDOW
        so_far AS (
            PARTITION BY org_id, message_id
            ORDER BY
                event_at,
                event_rank(replace(event_type, 'note.', 'message.'), 'message'),
                event_id
            ROWS UNBOUNDED PRECEDING
        ),
        all_of_it AS (PARTITION BY org_id, message_id)
)
SELECT
    org_id,
    message_id,
    unique_id.v AS unique_id,
    chat_id.v AS chat_id,
    nullif(message_ticket_id.v, '') AS ticket_id,
    org_phone.v AS org_phone,
    org_phones,
    is_note,
    body.v AS body,
    message_type.v AS message_type,
    from_me.v AS from_me,
    author.v AS author,
    sender_phone.v AS sender_phone,
    performed_by.v AS performed_by,
    sent_at.v AS sent_at,
    CASE WHEN sent_at.v IS NULL THEN first_event_id ELSE telling_event_id END AS sent_event_id,
    quoted_message_id.v AS quoted_message_id,
    has_media.v AS has_media,
    flag_status.v AS flag_status,
    ack,
    coalesce(is_deleted.v, false) AS is_deleted,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count
FROM folds
QUALIFY row_number() OVER (PARTITION BY org_id, message_id ORDER BY seq DESC) = 1
