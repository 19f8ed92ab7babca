/*---
title = "Tickets of senders of whom something else is learned now"
internal = true
---*/
INSERT INTO touched_tickets
SELECT org_id, ticket_id
FROM former_habits
WHERE org_id IN (
    SELECT coalesce(n.org_id, o.org_id)
    FROM ticket_senders AS n
    FULL JOIN former_senders AS o ON o.org_id = n.org_id
    WHERE n IS DISTINCT FROM o
)
EXCEPT
FROM touched_tickets
