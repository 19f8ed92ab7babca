/*---
title = "The tickets as of the end of time are those of now"
grain = "one row per ticket that differs"
---*/
SELECT DISTINCT org_id, ticket_id
FROM (
    (FROM tickets_all_at('infinity'::TIMESTAMPTZ) EXCEPT FROM tickets_all)
    UNION ALL
    (FROM tickets_all EXCEPT FROM tickets_all_at('infinity'::TIMESTAMPTZ))
)
ORDER BY org_id, ticket_id
