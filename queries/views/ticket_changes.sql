/*---
title = "Every change of a field of a ticket"
grain = "one row per event and changed field"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
changed_after = { type = "TIMESTAMP WITH TIME ZONE", help = "it changed after this instant and by changed_at; NULL = at changed_at" }
changed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event" }
field = { type = "VARCHAR", help = "column of the state that changed" }
old_value = { type = "JSON", help = "before; NULL = none" }
new_value = { type = "JSON", help = "after; NULL = none" }
event_id = { type = "VARCHAR", help = "event that tells of it" }
evidence = { type = "VARCHAR", help = "both: images and old values agree; image: from images; declared: never seen, told by the old values of the event" }
---*/
CREATE OR REPLACE VIEW ticket_changes AS
WITH folded AS (
    SELECT
        f.org_id,
        f.ticket_id,
        f.event_at,
        f.event_id,
        f.image,
        f.declared,
        f.adds_silently,
        ticket_before(f.image, f.declared, f.event_type, f.reads_keys) AS before,
        g.fields AS lost,
        f.former
    FROM ticket_folds AS f
    LEFT JOIN ticket_gaps AS g
        ON g.org_id = f.org_id AND g.ticket_id = f.ticket_id AND g.event_id = f.event_id
),
compared AS (
    SELECT
        *,
        CASE WHEN lost IS NULL THEN former ELSE recovered(lost, former, before) END AS known
    FROM folded
),
read AS (
    SELECT
        *,
        CASE
            WHEN declared.custom_properties IS NULL THEN NULL
            WHEN known.custom_properties IS NOT NULL
                AND (
                    declares_properties(
                        declared.custom_properties.v,
                        image.custom_properties.v,
                        known.custom_properties.v
                    )
                    OR adds_silently
                    AND adds_to(
                        known.custom_properties.v,
                        declared.custom_properties.v,
                        image.custom_properties.v
                    )
                )
            THEN as_json(known.custom_properties)
            ELSE as_json(before.custom_properties)
        END AS declared_properties
    FROM compared
),
changed AS (
    SELECT org_id, ticket_id, event_at, event_id, unnest([
        change('chat_id', known.chat_id, image.chat_id, declared.chat_id),
        change('status', known.status, image.status, declared.status),
        change('subject', known.subject, image.subject, declared.subject),
        change('priority', known.priority, image.priority, declared.priority),
        change('assignee', known.assignee, image.assignee, declared.assignee),
        change('assigned_by', known.assigned_by, image.assigned_by, declared.assigned_by),
        change('raised_by', known.raised_by, image.raised_by, declared.raised_by),
        change('created_at', iso(known.created_at), iso(image.created_at), iso(declared.created_at)),
        change('due_date', iso(known.due_date), iso(image.due_date), iso(declared.due_date)),
        change('closed_at', iso(known.closed_at), iso(image.closed_at), iso(declared.closed_at)),
        change('closed_by', known.closed_by, image.closed_by, declared.closed_by),
        change('closed_message', known.closed_message, image.closed_message, declared.closed_message),
        change('first_assigned_at', iso(known.first_assigned_at), iso(image.first_assigned_at), iso(declared.first_assigned_at)),
        change('quoted_message_id', known.quoted_message_id, image.quoted_message_id, declared.quoted_message_id),
        change('labels', known.labels, image.labels, declared.labels),
        change(
            'custom_properties',
            as_json(known.custom_properties),
            as_json(image.custom_properties),
            declared_properties
        ),
        change('is_deleted', known.is_deleted, image.is_deleted, declared.is_deleted)
    ]) AS change
    FROM read
)
SELECT
    org_id,
    ticket_id,
    NULL::TIMESTAMPTZ AS changed_after,
    event_at AS changed_at,
    change.field AS field,
    change.old_value AS old_value,
    change.new_value AS new_value,
    event_id,
    change.evidence AS evidence
FROM changed
WHERE change IS NOT NULL
UNION ALL
SELECT
    org_id,
    ticket_id,
    former_event_at,
    event_at,
    field,
    recorded_value,
    declared_value,
    event_id,
    'declared'
FROM ticket_breaks
WHERE recorded_value IS DISTINCT FROM declared_value
