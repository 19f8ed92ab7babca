-- Lines of ticket events in, one row per line out, in order: typed columns, and texts of the parts.
-- `is_plain` says that the line is of the present template and that every value is of a kind this
-- lane reads as the models do; parts that repeat (chat, messages, …) are looked at by themselves.
WITH parsed AS (
    SELECT n, line, from_json(line, getvariable('structure')) AS j
    FROM lines
    WHERE family = 'ticket' AND is_readable(line)
),
placed AS (
    SELECT n, line, j, object_of(j) AS o FROM parsed
),
named AS (
    SELECT
        n,
        line,
        j,
        o,
        event_of(j) AS name,
        coalesce(nullif(org_of(j), '""'), object_org_id(o)) AS org,
        CASE
            WHEN event_of(j) = '"ticket.deleted"' THEN true
            ELSE flag_of(object_is_deleted(o))
        END AS deleted
    FROM placed
),
typed AS (
    SELECT
        *,
        instant_of(timestamp_of(j)) AS event_at,
        text_of(object_ticket_id(o)) AS ticket_id,
        image_of(o, deleted) AS ticket
    FROM named
)
SELECT
    n,
    ascii_of(name) AS event_type,
    text_of(org) AS org_id,
    ticket_id,
    event_at,
    previous_of(j) AS previous,
    deleted IS NOT NULL AS has_deletion,
    ticket,
    head_of(j, o) AS head,
    map_of(o) AS map,
    tail_of(j, o) AS tail,
    attached_messages_of(j) AS attached_messages,
    chat_of(j) AS chat,
    message_of(j) AS message,
    envelope_of(j) AS envelope,
    '[' || name || ',' || org || ',' || epoch_us(event_at)::VARCHAR || ',' AS identity,
    coalesce(
        ascii_of(name) IN getvariable('ticket_events')
        AND starts_with(org, '"')
        AND org <> '""'
        AND event_at IS NOT NULL
        AND ticket_id <> ''
        AND fits(j, o, ticket)
        AND is_same(line, line_of(j, o)),
        false
    ) AS is_plain
FROM typed
