-- The distinct sub-objects of this block that were not met before, by the model that reads them.
SELECT 'chat' AS kind, chat AS text
FROM parsed
WHERE starts_with(chat, '{') AND chat NOT IN (SELECT text FROM known_chats)
UNION
SELECT kind, text
FROM (
    SELECT unnest([
        {'kind': 'message', 'text': message},
        {'kind': 'attached', 'text': attached},
        {'kind': 'map', 'text': t.ticket_custom_properties},
        {'kind': 'map', 'text': b.ticket_custom_properties}
    ], recursive := true)
    FROM parsed
)
WHERE text[1] IN ('{', '[') AND (kind, text) NOT IN (SELECT (kind, text) FROM known_texts)
