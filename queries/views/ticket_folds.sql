/*---
title = "Each event of a ticket in order, with all that was known just before it"
grain = "one row per event"
internal = true
---*/
-- A field is a struct {v} holding the value of the last event in which its key was present, null
-- included; the struct itself is null while the field was never mentioned. A ticket that was seen is
-- not deleted unless told.
CREATE OR REPLACE VIEW ticket_folds AS
WITH images AS (
    SELECT
        i.* EXCLUDE (image, declared),
        CASE WHEN e.event_id IS NULL THEN i.image END AS image,
        CASE WHEN e.event_id IS NULL THEN i.declared END AS declared
    FROM ticket_placed_images AS i
    LEFT JOIN ticket_echoes AS e
        ON e.org_id = i.org_id AND e.ticket_id = i.ticket_id AND e.event_id = i.event_id
)
SELECT
    i.org_id,
    i.ticket_id,
    i.event_at,
    i.rank,
    i.event_id,
    i.event_type,
    i.is_snapshot,
    i.declares,
    i.previous_state,
    i.image,
    i.declared,
    NOT i.is_snapshot AND (i.declares OR i.previous_state = 'empty' AND s.trusts_empty)
        AS is_verifiable,
    s.unreported,
    s.reads_keys,
    s.adds_silently,
    row_number() OVER in_order AS seq,
    lead(i.event_id) OVER in_order IS NULL AS is_last,
    lag(i.event_at) OVER in_order AS former_event_at,
    lag(i.event_id) OVER in_order AS former_event_id,
    min(CASE WHEN NOT i.is_snapshot THEN i.event_at END) OVER so_far AS first_event_at,
    max(CASE WHEN NOT i.is_snapshot THEN i.event_at END) OVER so_far AS last_event_at,
    last_value(CASE WHEN NOT i.is_snapshot THEN i.event_id END IGNORE NULLS) OVER so_far
        AS last_event_id,
    count(CASE WHEN NOT i.is_snapshot THEN 1 END) OVER so_far AS event_count,
    struct_pack(
        chat_id := last_value(i.image.chat_id IGNORE NULLS) OVER earlier,
        status := last_value(i.image.status IGNORE NULLS) OVER earlier,
        subject := last_value(i.image.subject IGNORE NULLS) OVER earlier,
        priority := last_value(i.image.priority IGNORE NULLS) OVER earlier,
        assignee := last_value(i.image.assignee IGNORE NULLS) OVER earlier,
        assigned_by := last_value(i.image.assigned_by IGNORE NULLS) OVER earlier,
        raised_by := last_value(i.image.raised_by IGNORE NULLS) OVER earlier,
        created_at := last_value(i.image.created_at IGNORE NULLS) OVER earlier,
        due_date := last_value(i.image.due_date IGNORE NULLS) OVER earlier,
        closed_at := last_value(i.image.closed_at IGNORE NULLS) OVER earlier,
        closed_by := last_value(i.image.closed_by IGNORE NULLS) OVER earlier,
        closed_message := last_value(i.image.closed_message IGNORE NULLS) OVER earlier,
        first_assigned_at := last_value(i.image.first_assigned_at IGNORE NULLS) OVER earlier,
        quoted_message_id := last_value(i.image.quoted_message_id IGNORE NULLS) OVER earlier,
        labels := last_value(i.image.labels IGNORE NULLS) OVER earlier,
        custom_properties := last_value(i.image.custom_properties IGNORE NULLS) OVER earlier,
        is_deleted := coalesce(
            last_value(i.image.is_deleted IGNORE NULLS) OVER earlier,
            CASE WHEN lag(i.event_id) OVER in_order IS NOT NULL THEN {'v': false} END
        )
    ) AS former
FROM images AS i
LEFT JOIN ticket_senders AS s ON s.org_id = i.org_id
WINDOW
    in_order AS (
        PARTITION BY i.org_id, i.ticket_id
        ORDER BY i.event_at, i.rank, i.place, i.event_id
    ),
    so_far AS (
        PARTITION BY i.org_id, i.ticket_id
        ORDER BY i.event_at, i.rank, i.place, i.event_id
        ROWS UNBOUNDED PRECEDING
    ),
    earlier AS (
        PARTITION BY i.org_id, i.ticket_id
        ORDER BY i.event_at, i.rank, i.place, i.event_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
