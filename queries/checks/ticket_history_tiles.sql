/*---
title = "Versions of a ticket follow each other without gap or overlap"
grain = "one row per version out of line"
---*/
SELECT *
FROM (
    SELECT
        org_id,
        ticket_id,
        version,
        valid_from,
        valid_to,
        lead(valid_from) OVER in_order AS next_from,
        lead(version) OVER in_order AS next_version
    FROM ticket_history
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
WHERE valid_to IS DISTINCT FROM next_from
    OR valid_to < valid_from
    OR (next_version IS NOT NULL AND next_version <> version + 1)
ORDER BY org_id, ticket_id, version
