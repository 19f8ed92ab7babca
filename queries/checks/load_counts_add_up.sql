/*---
title = "accepted + duplicates + rejected + blank = lines, for every load"
grain = "one row per load that does not add up"
---*/
SELECT batch, source, lines, accepted, duplicates, rejected, blank
FROM loads
WHERE accepted + duplicates + rejected + blank <> lines
ORDER BY batch, source
