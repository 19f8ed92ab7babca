/*---
title = "What is odd in the ledger: the events, tickets and lines behind the counts of the report data_quality"
dear = true
grain = "one row per rule and what breaks it; DECISIONS.md says what that is for each rule"

[columns]
rule = { type = "VARCHAR", help = "what is odd, as in the report" }
org_id = { type = "VARCHAR", help = "organisation; empty when unknown; NULL for a refused line" }
ticket_id = { type = "VARCHAR", help = "ticket that it is about; NULL when none" }
event_id = { type = "VARCHAR", help = "event that is odd, or shows it; NULL when none does" }
event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of that event" }
note = { type = "VARCHAR", help = "the value, name or field that is odd" }
---*/
-- The log is not kept as a whole, it would fill the memory: each rule reads the columns it needs.
CREATE OR REPLACE VIEW findings AS
WITH told AS NOT MATERIALIZED (
    SELECT
        * EXCLUDE (event_type),
        event_rank(event_type, 'ticket') AS rank,
        event_type = 'ticket.snapshot' AS is_snapshot
    FROM ledger_events
    WHERE object_type = 'ticket'
),
-- What an event says by itself.
judged AS (
    SELECT
        e.org_id,
        e.ticket_id,
        e.event_id,
        e.event_at,
        e.event_type,
        e.object_type,
        CASE
            WHEN e.object_type = 'ticket' AND status_class(e.ticket.status) = 'other'
            THEN e.ticket.status
        END AS unknown_status,
        CASE
            WHEN e.object_type = 'ticket' AND e.ticket.priority NOT BETWEEN 0 AND 4
            THEN e.ticket.priority::VARCHAR
        END AS unknown_priority,
        CASE
            WHEN e.object_type = 'ticket'
                AND has(e.ticket_keys, 'priority')
                AND e.ticket.priority IS NULL
            THEN CASE
                WHEN json_type(e.data, '$.ticket') = 'OBJECT' THEN e.data ->> '$.ticket.priority'
                ELSE e.data ->> '$.priority'
            END
        END AS unread_priority,
        coalesce(e.object_type = 'ticket' AND e.event_at < e.ticket.created_at, false)
            AS is_before_creation,
        CASE
            WHEN e.object_type = 'ticket'
            THEN concat_ws(
                '+',
                zero_field('created_at', e.ticket.created_at),
                zero_field('due_date', e.ticket.due_date),
                zero_field('closed_at', e.ticket.closed_at),
                zero_field('first_assigned_at', e.ticket.first_assigned_at)
            )
        END AS zero_fields,
        coalesce(
            e.object_type = 'ticket'
            AND e.previous_state = 'empty'
            AND event_rank(e.event_type, 'ticket') = 1
            AND s.org_id IS NOT NULL
            AND NOT coalesce(s.trusts_empty, false),
            false
        ) AS is_untrusted,
        e.data ->> '$.org_id' <> e.org_id
            OR (contains(e.data, '"ticket":') AND e.data ->> '$.ticket.org_id' <> e.org_id)
            AS is_mismatch,
        epoch_us(e.event_at) > epoch_us(e.loaded_at) + 60000000 AS is_in_future,
        known_instant(e.event_at) IS NULL AS is_too_early
    FROM ledger_events AS e
    LEFT JOIN ticket_senders AS s ON s.org_id = e.org_id
),
odd AS MATERIALIZED (
    FROM judged
    WHERE unknown_status IS NOT NULL
        OR unknown_priority IS NOT NULL
        OR unread_priority <> ''
        OR is_before_creation
        OR zero_fields <> ''
        OR is_untrusted
        OR is_mismatch
        OR is_in_future
        OR is_too_early
        OR object_type = 'unknown'
        OR org_id = ''
),
-- A chat is told by many events: what it says is read once.
other_chats AS MATERIALIZED (
    SELECT org_id, data_chat
    FROM (SELECT DISTINCT org_id, data_chat FROM ledger_events)
    WHERE data_chat ->> '$.org_id' <> org_id
),
mismatches AS (
    SELECT org_id, ticket_id, event_id, event_at, object_type
    FROM odd
    WHERE is_mismatch
    UNION
    SELECT e.org_id, e.ticket_id, e.event_id, e.event_at, e.object_type
    FROM ledger_events AS e
    SEMI JOIN other_chats AS o ON o.org_id = e.org_id AND o.data_chat = e.data_chat
),
states AS NOT MATERIALIZED (
    SELECT *
    FROM ticket_moments
    WHERE part = 1
),
changed AS NOT MATERIALIZED (
    SELECT *
    FROM ticket_changes
    WHERE changed_after IS NULL
),
moved AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        changed_at AS event_at,
        status_class(old_value ->> '$') AS class_before,
        status_class(new_value ->> '$') AS class_after
    FROM changed
    WHERE field = 'status'
),
moves AS MATERIALIZED (
    SELECT
        m.*,
        s.state.assignee AS assignee,
        s.state.closed_at AS closed_at,
        known_instant(t.ticket.closed_at) AS told_closed_at,
        t.ticket.closed_by AS told_closed_by
    FROM moved AS m
    JOIN states AS s
        ON s.org_id = m.org_id AND s.ticket_id = m.ticket_id AND s.event_id = m.event_id
    JOIN told AS t ON t.event_id = m.event_id
    WHERE m.class_before = 'resolved' OR m.class_after = 'resolved'
),
deleted AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        starts_at AS event_at,
        state.is_deleted AND lag(state.is_deleted) OVER (
            PARTITION BY org_id, ticket_id ORDER BY seq
        ) AS is_deleted_still
    FROM states
    SEMI JOIN (SELECT org_id, ticket_id FROM states WHERE state.is_deleted) AS d
        ON d.org_id = states.org_id AND d.ticket_id = states.ticket_id
),
firsts AS (
    SELECT
        org_id,
        ticket_id,
        arg_min(event_id, (event_at, event_id)) AS event_id,
        min(event_at) AS event_at
    FROM told
    WHERE NOT is_snapshot
    GROUP BY org_id, ticket_id
),
old_values AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        event_at,
        ticket_before_keys,
        previous_attributes,
        unnest(json_keys(previous_attributes)) AS name
    FROM told
    WHERE previous_state = 'object'
),
typed AS NOT MATERIALIZED (
    SELECT
        org_id,
        ticket_id,
        event_id,
        event_at,
        property.key AS name,
        CASE json_type(property.value)
            WHEN 'VARCHAR' THEN 'text'
            WHEN 'BOOLEAN' THEN 'flag'
            WHEN 'OBJECT' THEN 'object'
            WHEN 'ARRAY' THEN 'list'
            ELSE 'number'
        END AS kind
    FROM (
        SELECT
            org_id,
            ticket_id,
            event_id,
            event_at,
            unnest(map_entries(ticket.custom_properties::JSON::MAP(VARCHAR, JSON))) AS property
        FROM told
        WHERE ticket.custom_properties IS NOT NULL
    )
    WHERE json_type(property.value) <> 'NULL'
),
usual AS (
    SELECT org_id, name, arg_min(kind, (-uses, kind)) AS kind
    FROM (SELECT org_id, name, kind, count(*) AS uses FROM typed GROUP BY org_id, name, kind)
    GROUP BY org_id, name
),
-- Events that say the same within five seconds are neighbours in time among all that say anything
-- of the same thing: only of these the data is read.
sayings AS NOT MATERIALIZED (
    SELECT
        *,
        CASE object_type
            WHEN 'ticket' THEN ticket_id
            WHEN 'chat' THEN chat_id
            ELSE message_id
        END AS subject_id
    FROM ledger_events
    WHERE object_type IN ('ticket', 'chat', 'message', 'note') AND form <> 'snapshot'
),
neighbours AS MATERIALIZED (
    SELECT event_id
    FROM (
        SELECT event_id, event_at, hash(org_id, event_type, subject_id) AS thing
        FROM sayings
        WHERE subject_id IS NOT NULL
    )
    WINDOW in_time AS (PARTITION BY thing ORDER BY event_at)
    QUALIFY event_at - lag(event_at) OVER in_time <= INTERVAL 5 SECONDS
        OR lead(event_at) OVER in_time - event_at <= INTERVAL 5 SECONDS
),
repeated AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        event_at,
        object_type,
        event_at - lag(event_at) OVER (
            PARTITION BY org_id, object_type, event_type, subject_id, content
            ORDER BY event_at, event_id
        ) <= INTERVAL 5 SECONDS AS is_repeat
    FROM (
        SELECT
            e.org_id,
            e.ticket_id,
            e.event_id,
            e.event_at,
            e.object_type,
            e.event_type,
            e.subject_id,
            CASE
                WHEN e.object_type = 'ticket'
                THEN md5(to_json(ticket_fields(e.ticket_keys, e.ticket))::VARCHAR)
                ELSE md5(e.data)
            END AS content
        FROM sayings AS e
        SEMI JOIN neighbours AS n ON n.event_id = e.event_id
    )
),
-- Few changes share an instant and a field with another: only these are grouped by what they are.
at_once AS NOT MATERIALIZED (
    SELECT
        org_id,
        ticket_id,
        changed_at,
        field,
        event_id,
        hash(org_id, ticket_id, changed_at, field) AS place
    FROM changed
),
ties AS (
    SELECT
        org_id,
        ticket_id,
        field,
        min(event_id) AS event_id,
        changed_at AS event_at
    FROM at_once
    SEMI JOIN (SELECT place FROM at_once GROUP BY place HAVING count(*) > 1) AS several
        ON several.place = at_once.place
    GROUP BY org_id, ticket_id, changed_at, field
    HAVING count(DISTINCT event_id) > 1
),
unreported AS (
    SELECT
        t.org_id,
        t.ticket_id,
        unnest(list_filter(string_split(s.unreported, ','), lambda f: f <> '')) AS field
    FROM ticket_senders AS s
    JOIN tickets_all AS t ON t.org_id = s.org_id
)
SELECT 'unknown_status' AS rule, org_id, ticket_id, event_id, event_at, unknown_status AS note
FROM odd
WHERE unknown_status IS NOT NULL
UNION ALL
SELECT 'unknown_priority', org_id, ticket_id, event_id, event_at, unknown_priority
FROM odd
WHERE unknown_priority IS NOT NULL
UNION ALL
SELECT 'unreadable_priority', org_id, ticket_id, event_id, event_at, unread_priority
FROM odd
WHERE unread_priority <> ''
UNION ALL
SELECT 'created_after_first_event', t.org_id, t.ticket_id, f.event_id, f.event_at, NULL
FROM tickets_all AS t
JOIN firsts AS f ON f.org_id = t.org_id AND f.ticket_id = t.ticket_id
WHERE t.created_at > f.event_at
UNION ALL
SELECT 'event_before_creation', org_id, ticket_id, event_id, event_at, event_type
FROM odd
WHERE is_before_creation
UNION ALL
SELECT 'zero_instants', org_id, ticket_id, event_id, event_at, zero_fields
FROM odd
WHERE zero_fields <> ''
UNION ALL
SELECT 'created_twice', org_id, ticket_id, event_id, event_at, NULL
FROM told
WHERE rank = 0
QUALIFY event_at - lag(event_at) OVER (
    PARTITION BY org_id, ticket_id ORDER BY event_at, event_id
) > INTERVAL 5 SECONDS
UNION ALL
SELECT 'updated_while_deleted', d.org_id, d.ticket_id, d.event_id, d.event_at, NULL
FROM deleted AS d
JOIN told AS t ON t.event_id = d.event_id
WHERE d.is_deleted_still AND t.rank = 1 AND NOT t.is_snapshot
UNION ALL
SELECT 'closed_at_differs', org_id, ticket_id, event_id, event_at, NULL
FROM moves
WHERE class_after = 'resolved'
    AND class_before <> 'resolved'
    AND abs(epoch_us(told_closed_at) - epoch_us(event_at)) > 60000000
UNION ALL
SELECT 'closed_by_other', org_id, ticket_id, event_id, event_at, NULL
FROM moves
WHERE class_after = 'resolved'
    AND class_before <> 'resolved'
    AND told_closed_by <> assignee
UNION ALL
SELECT 'reopened_with_closed_at', org_id, ticket_id, event_id, event_at, NULL
FROM moves
WHERE class_before = 'resolved' AND class_after = 'active' AND closed_at IS NOT NULL
UNION ALL
SELECT 'closed_without_closed_at', org_id, ticket_id, last_event_id, last_event_at, NULL
FROM tickets_all
WHERE NOT is_deleted AND status_class(status) = 'resolved' AND closed_at IS NULL
UNION ALL
SELECT 'status_never_told', org_id, ticket_id, last_event_id, last_event_at, NULL
FROM tickets_all
WHERE NOT is_deleted AND status IS NULL
UNION ALL
SELECT
    CASE
        WHEN name NOT IN (
            'org_id', 'ticket_id', 'chat_id', 'status', 'subject', 'priority', 'assignee',
            'assigned_by', 'raised_by', 'created_at', 'due_date', 'closed_at', 'closed_by',
            'closed_message', 'first_assigned_at', 'quoted_message_id', 'labels',
            'ticket_labels', 'label_ids', 'custom_properties', 'ticket_custom_properties',
            'is_deleted', 'last_updated_at', 'last_updated_by', 'response_time',
            'close_ticket_metadata', 'ticket', 'chat'
        )
        THEN 'unmapped_old_values'
        WHEN name NOT IN (
            'org_id', 'ticket_id', 'ticket_labels', 'label_ids', 'ticket_custom_properties',
            'close_ticket_metadata', 'ticket', 'chat'
        )
            AND NOT has(ticket_before_keys, name)
            AND json_extract(previous_attributes, '$."' || name || '"') <> 'null'
        THEN 'unreadable_old_values'
    END AS rule,
    org_id,
    ticket_id,
    event_id,
    event_at,
    name
FROM old_values
WHERE rule IS NOT NULL
UNION ALL
SELECT 'unreported_fields', org_id, ticket_id, NULL, NULL, org_id || ' ' || field
FROM unreported
UNION ALL
SELECT 'untrusted_empties', org_id, ticket_id, event_id, event_at, NULL
FROM odd
WHERE is_untrusted
UNION ALL
SELECT
    'property_type_drift',
    t.org_id,
    t.ticket_id,
    t.event_id,
    t.event_at,
    t.name || ': ' || t.kind || ', not ' || u.kind
FROM typed AS t
JOIN usual AS u ON u.org_id = t.org_id AND u.name = t.name
WHERE t.kind <> u.kind
UNION ALL
SELECT 'org_mismatch', org_id, ticket_id, event_id, event_at, object_type
FROM mismatches
UNION ALL
SELECT 'org_unknown', org_id, ticket_id, event_id, event_at, object_type
FROM odd
WHERE org_id = ''
UNION ALL
SELECT 'probable_duplicates', org_id, ticket_id, event_id, event_at, object_type
FROM repeated
WHERE is_repeat
UNION ALL
SELECT 'tied_same_field', org_id, ticket_id, event_id, event_at, field
FROM ties
UNION ALL
SELECT 'event_in_future', org_id, ticket_id, event_id, event_at, object_type
FROM odd
WHERE is_in_future
UNION ALL
SELECT 'event_too_early', org_id, ticket_id, event_id, event_at, object_type
FROM odd
WHERE is_too_early
UNION ALL
SELECT 'unknown_event_type', org_id, ticket_id, event_id, event_at, event_type
FROM odd
WHERE object_type = 'unknown'
UNION ALL
SELECT 'ticket_never_seen', m.org_id, m.ticket_id, m.last_event_id, m.last_event_at, NULL
FROM messages AS m
ANTI JOIN tickets_all AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
WHERE m.ticket_id IS NOT NULL
UNION ALL
SELECT 'lost_events', org_id, ticket_id, event_id, gap_before, array_to_string(fields, '+')
FROM ticket_gaps
UNION ALL
SELECT 'refused_lines', NULL, NULL, NULL, NULL, code
FROM rejects
