/*---
title = "The calendar each ticket goes by, for the whole of its life"
grain = "one row per ticket"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
calendar = { type = "VARCHAR", help = "chosen by the ticket's first known state, or its last if the file says so; `default` when no file is given" }
---*/
-- Rules look at the first state unless their file says `state = "last"`: a ticket's past business
-- time does not change with its priority then. Without a file there is nothing to choose, and no
-- state is looked at: a session that has one sets the variable.
CREATE OR REPLACE VIEW ticket_calendars AS
SELECT org_id, ticket_id, 'default' AS calendar
FROM tickets_all
WHERE NOT coalesce(getvariable('has_calendars')::BOOLEAN, false)
UNION ALL
SELECT
    h.org_id,
    h.ticket_id,
    arg_min(r.calendar, r.position) AS calendar
FROM ticket_history AS h
JOIN calendar_rules AS r
    ON (r.priorities IS NULL OR list_contains(r.priorities, coalesce(h.priority, 0)))
    AND (r.labels IS NULL OR list_has_any(r.labels, coalesce(h.labels, [])))
    AND (r.org_ids IS NULL OR list_contains(r.org_ids, h.org_id))
WHERE coalesce(getvariable('has_calendars')::BOOLEAN, false)
    AND CASE WHEN r.state = 'last' THEN h.valid_to IS NULL ELSE h.version = 1 END
GROUP BY h.org_id, h.ticket_id
