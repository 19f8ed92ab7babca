/*---
title = "The instant up to which durations run: the session's as_of, else the last event"
grain = "one row; none in an empty ledger"
internal = true
kept = true
---*/
CREATE OR REPLACE VIEW asked_at AS
SELECT coalesce(getvariable('as_of')::TIMESTAMPTZ, max(event_at)) AS instant
FROM ledger_events
HAVING max(event_at) IS NOT NULL
