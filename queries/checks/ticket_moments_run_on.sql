/*---
title = "The states of a ticket, recovered ones included, begin one after the other"
grain = "one row per state that begins before the one it follows"
---*/
SELECT *
FROM (
    SELECT
        org_id,
        ticket_id,
        seq,
        part,
        starts_at,
        lag(starts_at) OVER in_order AS former_starts_at
    FROM ticket_moments
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq, part)
)
WHERE starts_at < former_starts_at
ORDER BY org_id, ticket_id, seq, part
