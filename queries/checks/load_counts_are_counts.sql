/*---
title = "No count of a load is negative, and no part larger than its whole"
grain = "one row per load of which that is not so"
---*/
SELECT batch, source, lines, accepted, duplicates, rejected, blank, known_rejects, sha256
FROM loads
WHERE NOT coalesce(
        least(lines, accepted, duplicates, rejected, blank, known_rejects, repeated_keys) >= 0
        AND known_rejects <= rejected,
        false
    )
    OR size_bytes < 0
    OR (size_bytes IS NULL) <> (sha256 IS NULL)
    OR NOT regexp_full_match(sha256, '[0-9a-f]{64}')
ORDER BY batch, source
