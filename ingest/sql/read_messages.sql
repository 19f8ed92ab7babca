-- Lines of message and note events in, one row per line out, in order. As `read_tickets`.
WITH parsed AS (
    SELECT n, line, from_json(line, getvariable('structure')) AS j
    FROM lines
    WHERE family = 'message' AND is_readable(line)
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
            WHEN event_of(j) = '"message.deleted"' THEN true
            ELSE flag_of(object_is_deleted(o))
        END AS deleted
    FROM placed
),
typed AS (
    SELECT
        *,
        instant_of(timestamp_of(j)) AS event_at,
        text_of(object_message_id(o)) AS message_id,
        image_of(o, deleted) AS message
    FROM named
)
SELECT
    n,
    ascii_of(name) AS event_type,
    CASE WHEN starts_with(name, '"note.') THEN 'note' ELSE 'message' END AS object_type,
    text_of(org) AS org_id,
    message_id,
    event_at,
    previous_of(j) AS previous,
    deleted IS NOT NULL AS has_deletion,
    message,
    head_of(j, o) AS data,
    envelope_of(j) AS envelope,
    '[' || name || ',' || org || ',' || epoch_us(event_at)::VARCHAR || ',' AS identity,
    coalesce(
        ascii_of(name) IN getvariable('message_events')
        AND starts_with(org, '"')
        AND org <> '""'
        AND event_at IS NOT NULL
        AND message_id <> ''
        AND fits(j, o, message)
        AND is_same(line, line_of(j, o)),
        false
    ) AS is_plain
FROM typed
