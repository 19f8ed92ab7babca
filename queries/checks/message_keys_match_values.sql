/*---
title = "What an event says of a message has a value only where its key was present"
grain = "one row per event whose list of keys and values disagree"
---*/
WITH told AS (
    SELECT
        event_id,
        'message' AS image,
        message_keys AS keys,
        [
            CASE WHEN message.unique_id IS NOT NULL THEN 'unique_id' END,
            CASE WHEN message.chat_id IS NOT NULL THEN 'chat_id' END,
            CASE WHEN message.org_phone IS NOT NULL THEN 'org_phone' END,
            CASE WHEN message.body IS NOT NULL THEN 'body' END,
            CASE WHEN message.prev_body IS NOT NULL THEN 'prev_body' END,
            CASE WHEN message.message_type IS NOT NULL THEN 'message_type' END,
            CASE WHEN message.from_me IS NOT NULL THEN 'from_me' END,
            CASE WHEN message.author IS NOT NULL THEN 'author' END,
            CASE WHEN message.sender_phone IS NOT NULL THEN 'sender_phone' END,
            CASE WHEN message.performed_by IS NOT NULL THEN 'performed_by' END,
            CASE WHEN message.sent_at IS NOT NULL THEN 'sent_at' END,
            CASE WHEN message.updated_at IS NOT NULL THEN 'updated_at' END,
            CASE WHEN message.ack IS NOT NULL THEN 'ack' END,
            CASE WHEN message.is_deleted IS NOT NULL THEN 'is_deleted' END,
            CASE WHEN message.is_private_note IS NOT NULL THEN 'is_private_note' END,
            CASE WHEN message.flag_status IS NOT NULL THEN 'flag_status' END,
            CASE WHEN message.flag_response_time IS NOT NULL THEN 'flag_response_time' END,
            CASE WHEN message.has_media IS NOT NULL THEN 'has_media' END,
            CASE WHEN message.quoted_message_id IS NOT NULL THEN 'quoted_message_id' END,
            CASE WHEN message.message_ticket_id IS NOT NULL THEN 'message_ticket_id' END,
            CASE WHEN message.mentioned_ids IS NOT NULL THEN 'mentioned_ids' END
        ] AS given
    FROM ledger_events
    WHERE message_keys IS NOT NULL OR message IS NOT NULL
),
split AS (
    SELECT *, list_filter(string_split(keys, ','), lambda k: k <> '') AS names
    FROM told
)
SELECT event_id, image, keys
FROM split
WHERE names IS NULL
    OR keys <> ',' || array_to_string(names, ',') || CASE WHEN len(names) > 0 THEN ',' ELSE '' END
    OR names <> list_sort(list_distinct(names))
    OR NOT list_has_all(names, list_filter(given, lambda k: k IS NOT NULL))
ORDER BY event_id, image
