/*---
title = "A message is linked to a ticket once in each way"
grain = "one row per ticket, kind of link, and message that stands more than once"
---*/
SELECT org_id, ticket_id, link, coalesce(message_id, unique_id) AS id, count(*) AS times
FROM ticket_messages
GROUP BY org_id, ticket_id, link, id
HAVING count(*) > 1
ORDER BY org_id, ticket_id, link, id
