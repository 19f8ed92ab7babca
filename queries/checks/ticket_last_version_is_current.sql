/*---
title = "The last version of a ticket is its current state"
grain = "one row per ticket that differs"
---*/
WITH last_version AS (
    SELECT *
    FROM ticket_history
    WHERE valid_to IS NULL
)
SELECT
    coalesce(t.org_id, h.org_id) AS org_id,
    coalesce(t.ticket_id, h.ticket_id) AS ticket_id
FROM tickets_all AS t
FULL JOIN last_version AS h ON h.org_id = t.org_id AND h.ticket_id = t.ticket_id
WHERE t.ticket_id IS NULL
    OR h.ticket_id IS NULL
    OR t.is_deleted <> h.is_deleted
    OR t.labels IS DISTINCT FROM h.labels
    OR t.custom_properties IS DISTINCT FROM h.custom_properties
    OR t.created_at IS DISTINCT FROM h.created_at
ORDER BY ALL
