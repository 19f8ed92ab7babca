/*---
title = "Every label that was put on a ticket or taken off it"
grain = "one row per event, label and direction"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
changed_after = { type = "TIMESTAMP WITH TIME ZONE", help = "it changed after this instant and by changed_at; NULL = at changed_at" }
changed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event" }
action = { type = "VARCHAR", help = "added or removed" }
label = { type = "VARCHAR", help = "label: trimmed, case-folded" }
event_id = { type = "VARCHAR", help = "event that tells of it" }
evidence = { type = "VARCHAR", help = "as in ticket_changes" }
---*/
CREATE OR REPLACE VIEW ticket_label_changes AS
WITH sets AS (
    SELECT
        *,
        coalesce(from_json(old_value, '["VARCHAR"]'), []) AS former,
        coalesce(from_json(new_value, '["VARCHAR"]'), []) AS present
    FROM ticket_changes
    WHERE field = 'labels'
),
moved AS (
    SELECT
        *,
        unnest(
            list_concat(
                list_transform(
                    list_filter(present, lambda l: NOT contains(former, l)),
                    lambda l: {'action': 'added', 'label': l}
                ),
                list_transform(
                    list_filter(former, lambda l: NOT contains(present, l)),
                    lambda l: {'action': 'removed', 'label': l}
                )
            )
        ) AS move
    FROM sets
)
SELECT
    org_id,
    ticket_id,
    changed_after,
    changed_at,
    move.action AS action,
    move.label AS label,
    event_id,
    evidence
FROM moved
