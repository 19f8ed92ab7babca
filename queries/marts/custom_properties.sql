/*---
title = "Custom properties that tickets and chats have now"
grain = "one row per ticket or chat, and property with a value"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
object_type = { type = "VARCHAR", help = "ticket or chat" }
object_id = { type = "VARCHAR", help = "ticket_id or chat_id" }
property = { type = "VARCHAR", help = "name of the custom property" }
value = { type = "VARCHAR", help = "value as text; lists and objects as JSON" }
number = { type = "DOUBLE", help = "value, if it is a number or the text of one" }
---*/
WITH objects AS (
    SELECT org_id, 'ticket' AS object_type, ticket_id AS object_id, custom_properties
    FROM tickets_all
    UNION ALL
    SELECT org_id, 'chat', chat_id, custom_properties
    FROM chats_all
),
each AS (
    SELECT org_id, object_type, object_id, unnest(properties_of(custom_properties)) AS property
    FROM objects
),
told AS (
    SELECT
        org_id,
        object_type,
        object_id,
        property.key AS property,
        property.value ->> '$' AS value
    FROM each
    WHERE json_type(property.value) <> 'NULL'
)
SELECT
    *,
    CASE
        WHEN regexp_full_match(value, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?')
            AND isfinite(TRY_CAST(value AS DOUBLE))
        THEN TRY_CAST(value AS DOUBLE)
    END AS number
FROM told
ORDER BY org_id, object_type, object_id, property
