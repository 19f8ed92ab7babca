/*---
title = "Every change of every field of a ticket"
grain = "one row per event, ticket and changed field"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
changed_after_at = { type = "TIMESTAMP WITH TIME ZONE", help = "it changed after this instant and by changed_at; NULL = at changed_at" }
changed_after_on = { type = "DATE", help = "local date of changed_after_at" }
changed_after_hour = { type = "INTEGER", help = "local hour of changed_after_at, 0 to 23" }
changed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event" }
changed_on = { type = "DATE", help = "local date of changed_at" }
changed_hour = { type = "INTEGER", help = "local hour of changed_at" }
field = { type = "VARCHAR", help = "field of the state that changed" }
old_value = { type = "VARCHAR", help = "before, as text; lists and objects as JSON; NULL = none" }
new_value = { type = "VARCHAR", help = "after, as text; NULL = none" }
event_id = { type = "VARCHAR", help = "event that tells of it" }
evidence = { type = "VARCHAR", help = "both: images and old values agree; image: from images; declared: never seen, told by the old values of the event" }
---*/
SELECT
    org_id,
    ticket_id,
    changed_after AS changed_after_at,
    changed_after::DATE AS changed_after_on,
    hour(changed_after)::INTEGER AS changed_after_hour,
    changed_at,
    changed_at::DATE AS changed_on,
    hour(changed_at)::INTEGER AS changed_hour,
    field,
    old_value ->> '$' AS old_value,
    new_value ->> '$' AS new_value,
    event_id,
    evidence
FROM ticket_changes
ORDER BY org_id, ticket_id, changed_at, changed_after_at, event_id, field, evidence, old_value, new_value
