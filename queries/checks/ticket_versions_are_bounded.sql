/*---
title = "Only a version that no event showed began at an uncertain instant, and within its bounds"
grain = "one row per version of which that is not so"
---*/
SELECT
    org_id,
    ticket_id,
    version,
    evidence,
    valid_from_earliest,
    valid_from,
    valid_from_latest
FROM ticket_history
WHERE valid_from_latest IS NULL
    OR valid_from > valid_from_latest
    OR valid_from_earliest > valid_from
    OR (
        evidence <> 'declared'
        AND (
            valid_from_earliest IS DISTINCT FROM valid_from
            OR valid_from_latest IS DISTINCT FROM valid_from
        )
    )
ORDER BY org_id, ticket_id, version
