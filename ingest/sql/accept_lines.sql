-- Stage every parsed line whose values are all of kinds this lane reads as the models do.
INSERT INTO staged BY NAME
WITH joined AS MATERIALIZED (
    SELECT
        p.*,
        c.canonical AS chat_text,
        c.chat_id,
        c.chat_keys,
        c.chat AS chat_image,
        m.canonical AS message_text,
        a.canonical AS attached_text,
        tm.canonical AS after_map,
        bm.canonical AS before_map,
        CASE
            WHEN p.name = '"ticket.deleted"' THEN true
            WHEN p.t.is_deleted <> 'null' THEN p.t.is_deleted = 'true'
        END AS is_deleted,
        CASE WHEN p.b.is_deleted <> 'null' THEN p.b.is_deleted = 'true' END AS was_deleted
    FROM parsed AS p
    LEFT JOIN known_chats AS c ON c.text = p.chat
    LEFT JOIN known_texts AS m ON m.kind = 'message' AND m.text = p.message
    LEFT JOIN known_texts AS a ON a.kind = 'attached' AND a.text = p.attached
    LEFT JOIN known_texts AS tm ON tm.kind = 'map' AND tm.text = p.t.ticket_custom_properties
    LEFT JOIN known_texts AS bm ON bm.kind = 'map' AND bm.text = p.b.ticket_custom_properties
),
spelled AS MATERIALIZED (
    SELECT
        *,
        '{' || concat_ws(',',
            '"attached_messages":' || CASE attached WHEN 'null' THEN 'null' ELSE attached_text END,
            '"chat":' || CASE chat WHEN 'null' THEN 'null' ELSE chat_text END,
            '"message":' || CASE message WHEN 'null' THEN 'null' ELSE message_text END,
            '"ticket":' || ticket_text(t, coalesce(after_map, t.ticket_custom_properties))
        ) || '}' AS data,
        CASE
            WHEN b IS NOT NULL
            THEN ticket_text(b, coalesce(before_map, b.ticket_custom_properties))
            ELSE previous
        END AS previous_attributes
    FROM joined
    WHERE is_plain_ticket(t)
        AND text_of(t.ticket_id) <> ''
        AND (b IS NULL OR is_plain_ticket(b))
        AND (chat IS NULL OR chat = 'null' OR chat_text IS NOT NULL)
        AND (message IS NULL OR message = 'null' OR message_text IS NOT NULL)
        AND (attached IS NULL OR attached = 'null' OR attached_text IS NOT NULL)
        AND (t.ticket_custom_properties IS NULL
            OR t.ticket_custom_properties = 'null'
            OR after_map IS NOT NULL)
        AND (b.ticket_custom_properties IS NULL
            OR b.ticket_custom_properties = 'null'
            OR before_map IS NOT NULL)
)
SELECT
    getvariable('part') AS part,
    n AS source_line,
    0 AS repeated_keys,
    md5(
        '[' || name || ',' || org || ',' || epoch_us(event_at)::VARCHAR || ',' || data
        || coalesce(',' || previous_attributes, '') || ']'
    ) AS event_id,
    name[2:-2] AS event_type,
    'ticket' AS object_type,
    text_of(org) AS org_id,
    text_of(t.ticket_id) AS ticket_id,
    chat_id,
    event_at,
    'envelope' AS time_source,
    CASE
        WHEN previous IS NULL THEN 'absent'
        WHEN previous = 'null' THEN 'null'
        WHEN b IS NULL THEN 'empty'
        ELSE 'object'
    END AS previous_state,
    ticket_keys_of(t, chat_id, is_deleted) AS ticket_keys,
    ticket_image_of(t, chat_id, nullif(after_map, '{}'), is_deleted) AS ticket,
    CASE WHEN b IS NOT NULL THEN ticket_keys_of(b, NULL, was_deleted) END AS ticket_before_keys,
    CASE
        WHEN b IS NOT NULL THEN ticket_image_of(b, NULL::VARCHAR, nullif(before_map, '{}'), was_deleted)
    END AS ticket_before,
    chat_keys,
    chat_image AS chat,
    data,
    previous_attributes,
    '{"' || name_key || '":' || name || ',"org_id":' || org || ',"timestamp":' || told_at || '}'
        AS envelope,
    name_key AS form
FROM spelled
