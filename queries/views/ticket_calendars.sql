/*---
title = "The calendar each ticket goes by, for the whole of its life"
grain = "one row per ticket"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
calendar = { type = "VARCHAR", help = "chosen by the ticket's first known state, or its last if the file says so; `default` when no file is given" }
---*/
CREATE OR REPLACE VIEW ticket_calendars AS
SELECT t.org_id, t.ticket_id, coalesce(c.calendar, 'default') AS calendar
FROM tickets_all AS t
LEFT JOIN ticket_own_calendars AS c ON c.org_id = t.org_id AND c.ticket_id = t.ticket_id
