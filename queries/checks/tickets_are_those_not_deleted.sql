/*---
title = "`tickets` are the tickets that are not deleted"
grain = "one row per ticket that differs"
---*/
SELECT DISTINCT org_id, ticket_id
FROM (
    (FROM tickets EXCEPT (FROM tickets_all WHERE NOT is_deleted))
    UNION ALL
    ((FROM tickets_all WHERE NOT is_deleted) EXCEPT FROM tickets)
)
ORDER BY org_id, ticket_id
