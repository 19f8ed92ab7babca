/*---
title = "The last event: its instant, and that of its load"
grain = "one row, or none without an event"
internal = true
---*/
SELECT max(event_at) AS event_at, arg_max(loaded_at, event_at) AS loaded_at
FROM ledger_events
HAVING max(event_at) IS NOT NULL
