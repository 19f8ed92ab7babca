/*---
title = "Who created each ticket, and who changed its status and its priority, where anything tells"
grain = "one row per ticket, version and field that changed with it: creation, status or priority"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_actors AS
SELECT c.* EXCLUDE (said), coalesce(nullif(c.said, ''), a.actor) AS actor
FROM ticket_acts AS c
LEFT JOIN audited_actors AS a
    ON a.org_id = c.org_id
    AND a.ticket_id = c.ticket_id
    AND a.version = c.version
    AND a.field = c.field
