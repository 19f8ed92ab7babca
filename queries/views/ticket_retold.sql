/*---
title = "Events that tell once more what was told moments ago: two hooks, or a hook and the audit log, tell the same change"
grain = "one row per event"
internal = true
---*/
-- Such an event shows nothing new of the fields in which it contradicts what was known, and of each
-- it claims the value that the last change, within five seconds, has replaced. A change that no old
-- value told was told too early: see `ticket_breaks`.
CREATE OR REPLACE VIEW ticket_retold AS
WITH suspected AS (
    SELECT org_id, ticket_id, event_id
    FROM ticket_contradictions
    GROUP BY org_id, ticket_id, event_id
    HAVING bool_and(
        event_at - former_event_at <= INTERVAL 5 SECONDS
        AND same_value(field, recorded_value, image_value)
    )
),
claimed AS (
    SELECT
        i.org_id,
        i.ticket_id,
        i.event_at,
        i.rank,
        i.place,
        i.event_id,
        i.image,
        ticket_before(i.image, i.declared, i.event_type, s.reads_keys) AS before
    FROM ticket_placed_images AS i
    ANTI JOIN ticket_echoes AS o
        ON o.org_id = i.org_id AND o.ticket_id = i.ticket_id AND o.event_id = i.event_id
    SEMI JOIN suspected AS e ON e.org_id = i.org_id AND e.ticket_id = i.ticket_id
    LEFT JOIN ticket_senders AS s ON s.org_id = i.org_id
),
told AS (
    SELECT * EXCLUDE (image, before), unnest(told_values(image, before), recursive := true)
    FROM claimed
),
known AS (
    SELECT
        t.*,
        c.event_id IS NOT NULL AS is_silent,
        CASE
            WHEN lag(t.event_id) OVER in_order IS NOT NULL THEN lag(t.shown) OVER in_order
            WHEN t.field = 'is_deleted' THEN to_json(false)
        END AS known
    FROM told AS t
    LEFT JOIN ticket_contradictions AS c
        ON c.org_id = t.org_id
        AND c.ticket_id = t.ticket_id
        AND c.event_id = t.event_id
        AND c.field = t.field
        AND c.is_silent
    WINDOW in_order AS (
        PARTITION BY t.org_id, t.ticket_id, t.field
        ORDER BY t.event_at, t.rank, t.place, t.event_id
    )
),
changed AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        field,
        last_value(
            CASE WHEN NOT same_value(field, shown, known) THEN {
                'at': event_at,
                'is_silent': is_silent,
                'known': known,
                'claimed': claimed
            } END IGNORE NULLS
        ) OVER (
            PARTITION BY org_id, ticket_id, field
            ORDER BY event_at, rank, place, event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS change
    FROM known
)
SELECT b.org_id, b.ticket_id, b.event_id
FROM ticket_contradictions AS b
SEMI JOIN suspected AS e
    ON e.org_id = b.org_id AND e.ticket_id = b.ticket_id AND e.event_id = b.event_id
LEFT JOIN changed AS c
    ON c.org_id = b.org_id
    AND c.ticket_id = b.ticket_id
    AND c.event_id = b.event_id
    AND c.field = b.field
GROUP BY b.org_id, b.ticket_id, b.event_id
HAVING bool_and(
    coalesce(
        NOT c.change.is_silent
        AND b.event_at - c.change.at <= INTERVAL 5 SECONDS
        AND (
            same_value(b.field, b.declared_value, c.change.known)
            OR same_value(b.field, b.declared_value, c.change.claimed)
        ),
        false
    )
)
