/*---
title = "Every instant of an event and of its loading is one of the years 1 to 9999"
grain = "one row per event out of range"
---*/
SELECT event_id, event_at, loaded_at, batch, source, source_line
FROM ledger_events
WHERE NOT coalesce(
    event_at BETWEEN TIMESTAMPTZ '0001-01-01 00:00:00+00'
        AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'
    AND loaded_at BETWEEN TIMESTAMPTZ '1970-01-01 00:00:00+00'
        AND TIMESTAMPTZ '9999-12-31 23:59:59.999999+00',
    false
)
ORDER BY event_id
