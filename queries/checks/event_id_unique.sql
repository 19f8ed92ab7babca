/*---
title = "No event is stored twice"
grain = "one row per event_id that stands more than once"
---*/
SELECT event_id, count(*) AS times
FROM ledger_events
GROUP BY event_id
HAVING count(*) > 1
ORDER BY event_id
