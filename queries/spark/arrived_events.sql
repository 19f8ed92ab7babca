/*---
title = "The events that came to this task, cut at the session's known_at and as_of"
internal = true
---*/
CREATE OR REPLACE VIEW ledger_events AS
SELECT *
FROM arrived
WHERE loaded_at <= coalesce(getvariable('known_at'), 'infinity'::TIMESTAMPTZ)
    AND event_at <= coalesce(getvariable('as_of'), 'infinity'::TIMESTAMPTZ)
