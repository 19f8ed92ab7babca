/*---
title = "The data of an event, put together from the pieces it is stored in"
internal = true
---*/
-- A TicketInfo's repeated parts stand beside its ticket; keys stay sorted. All else is in one piece.
CREATE OR REPLACE MACRO whole_data(data, attached_messages, chat, message) AS CASE
    WHEN attached_messages IS NULL AND chat IS NULL AND message IS NULL THEN data
    ELSE concat_ws(
        ',',
        '{"attached_messages":' || attached_messages,
        CASE WHEN attached_messages IS NULL THEN '{' ELSE '' END || '"chat":' || chat,
        CASE WHEN coalesce(attached_messages, chat) IS NULL THEN '{' ELSE '' END
            || '"message":' || message,
        data[2:]
    )
END
