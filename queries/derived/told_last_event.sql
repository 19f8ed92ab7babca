/*---
title = "`asked_at`, where the cache tells the last event and as_of is not before it"
internal = true
---*/
CREATE OR REPLACE VIEW asked_at AS
SELECT
    coalesce(
        getvariable('as_of')::TIMESTAMPTZ, make_timestamptz(getvariable('last_event_us'))
    ) AS instant
WHERE getvariable('last_event_us') <> 0
