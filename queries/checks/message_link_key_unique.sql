/*---
title = "A message is linked to a ticket once in each way, by whichever of its ids"
grain = "one row per ticket, kind of link, and id that stands more than once"
---*/
SELECT org_id, ticket_id, link, name, id, count(*) AS times
FROM (
    SELECT org_id, ticket_id, link, 'message_id' AS name, message_id AS id
    FROM ticket_messages
    UNION ALL
    SELECT org_id, ticket_id, link, 'unique_id', unique_id
    FROM ticket_messages
)
WHERE id IS NOT NULL
GROUP BY org_id, ticket_id, link, name, id
HAVING count(*) > 1
ORDER BY org_id, ticket_id, link, name, id
