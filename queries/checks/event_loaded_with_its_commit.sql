/*---
title = "Every event has the load time of its commit, and a place in its source"
grain = "one row per event that has not"
---*/
SELECT e.event_id, e.batch, e.source, e.source_line, e.loaded_at, c.loaded_at AS committed_at
FROM ledger_events AS e
LEFT JOIN commits AS c ON c.batch = e.batch
WHERE e.loaded_at IS DISTINCT FROM c.loaded_at OR e.source = '' OR e.source_line < 1
ORDER BY e.event_id
