/*---
title = "What each event says of its ticket, with its place among those of its instant and rank"
grain = "one row per event"
internal = true
---*/
-- The events of a ticket are in order by `event_at, rank, place, event_id`.
CREATE OR REPLACE VIEW ticket_placed_images AS
SELECT i.*, coalesce(p.place, 0) AS place
FROM ticket_images AS i
LEFT JOIN ticket_places AS p
    ON p.org_id = i.org_id AND p.ticket_id = i.ticket_id AND p.event_id = i.event_id
