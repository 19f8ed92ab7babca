/*---
title = "There is one row per ticket: organisation and id are a key"
grain = "one row per ticket that stands more than once"
---*/
SELECT org_id, ticket_id, count(*) AS times
FROM tickets_all
GROUP BY org_id, ticket_id
HAVING count(*) > 1
ORDER BY org_id, ticket_id
