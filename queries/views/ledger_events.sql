/*---
title = "The stored events, cut at the session's known_at and as_of"
grain = "one row per event"
internal = true
---*/
-- Everything stands on this view, so both clocks hold everywhere: `SET VARIABLE known_at = …`
-- hides what was loaded later, `SET VARIABLE as_of = …` what happened later.
CREATE OR REPLACE VIEW ledger_events AS
SELECT *
FROM read_parquet(getvariable('ledger_files'), hive_partitioning = false)
WHERE loaded_at <= coalesce(getvariable('known_at'), 'infinity'::TIMESTAMPTZ)
    AND event_at <= coalesce(getvariable('as_of'), 'infinity'::TIMESTAMPTZ)
