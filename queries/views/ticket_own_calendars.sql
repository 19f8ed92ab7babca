/*---
title = "The calendar that a file of calendars chooses for each ticket; without one there are no rows"
grain = "one row per ticket"
internal = true
---*/
-- Rules look at the first state unless their file says `state = "last"`: a ticket's past business
-- time does not change with its priority then. Without a file there is nothing to choose, and no
-- state is looked at: a session that has one sets the variable. Who joins this to the left joins
-- nothing then, which costs nothing; `coalesce` with 'default' says the calendar.
CREATE OR REPLACE VIEW ticket_own_calendars AS
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
