/*---
title = "Every custom property of a ticket that was set, changed or removed"
grain = "one row per event and property"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
changed_after = { type = "TIMESTAMP WITH TIME ZONE", help = "it changed after this instant and by changed_at; NULL = at changed_at" }
changed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the event" }
property = { type = "VARCHAR", help = "name of the custom property" }
old_value = { type = "JSON", help = "before; NULL = none" }
new_value = { type = "JSON", help = "after; NULL = none" }
event_id = { type = "VARCHAR", help = "event that tells of it" }
evidence = { type = "VARCHAR", help = "as in ticket_changes" }
---*/
CREATE OR REPLACE VIEW ticket_property_changes AS
WITH maps AS (
    SELECT
        * EXCLUDE (old_value, new_value),
        coalesce(old_value::MAP(VARCHAR, JSON), MAP {}) AS former,
        coalesce(new_value::MAP(VARCHAR, JSON), MAP {}) AS present
    FROM ticket_changes
    WHERE field = 'custom_properties'
),
named AS (
    SELECT
        *,
        unnest(list_distinct(list_concat(map_keys(former), map_keys(present)))) AS property
    FROM maps
)
SELECT
    org_id,
    ticket_id,
    changed_after,
    changed_at,
    property,
    former[property] AS old_value,
    present[property] AS new_value,
    event_id,
    evidence
FROM named
WHERE former[property]::VARCHAR IS DISTINCT FROM present[property]::VARCHAR
