/*---
title = "Ingest health"
question = "What became of each file, and how late did its events arrive?"
grain = "one row per load and file"
key = ["load_id", "file"]
tells_of_loading = true

[params.as_of]
type = "TIMESTAMPTZ"
help = "event times and lags are of events at or before this instant; the counts are those of the load; default: the last event"

[columns]
load_id = { type = "INTEGER", help = "number of the commit" }
loaded_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the commit" }
file = { type = "VARCHAR", help = "file; one that spans commits has a row in each" }
lines = { type = "BIGINT", help = "records: the sum of the next four" }
accepted = { type = "BIGINT", help = "events stored, snapshots included" }
duplicates = { type = "BIGINT", help = "events the ledger had already" }
rejected = { type = "BIGINT", help = "refused" }
blank = { type = "BIGINT", help = "empty lines" }
first_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "earliest stored event of the file, snapshots left out" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "latest stored event of the file, snapshots left out" }
lag_p50_s = { type = "DOUBLE", unit = "s", help = "median time from an event to its load; an event of the future has none: 0" }
lag_p95_s = { type = "DOUBLE", unit = "s", help = "time that 95 of 100 events do not exceed" }
is_backfill = { type = "BOOLEAN", help = "the median lag is over a day: a collected export, not a live feed; NULL = no events" }
late_share = { type = "DOUBLE", help = "share of events loaded more than a day after they happened; NULL for a backfill" }
---*/
WITH lags AS (
    SELECT
        batch,
        source,
        event_at,
        microseconds_between(event_at, loaded_at) AS lag_us
    FROM ledger_events
    WHERE event_at <= $as_of::TIMESTAMPTZ AND form <> 'snapshot'
),
summed AS (
    SELECT
        batch,
        source,
        min(event_at) AS first_event_at,
        max(event_at) AS last_event_at,
        quantile_cont(lag_us, 0.5) / 1e6 AS lag_p50_s,
        quantile_cont(lag_us, 0.95) / 1e6 AS lag_p95_s,
        count(*) FILTER (lag_us > 86400000000) / count(*) AS late_share
    FROM lags
    GROUP BY batch, source
)
SELECT
    l.batch AS load_id,
    l.loaded_at,
    l.source AS file,
    l.lines,
    l.accepted,
    l.duplicates,
    l.rejected,
    l.blank,
    s.first_event_at,
    s.last_event_at,
    s.lag_p50_s,
    s.lag_p95_s,
    s.lag_p50_s > 86400 AS is_backfill,
    CASE WHEN s.lag_p50_s <= 86400 THEN s.late_share END AS late_share
FROM loads AS l
LEFT JOIN summed AS s ON s.batch = l.batch AND s.source = l.source
WHERE EXISTS (FROM ledger_events WHERE event_at <= $as_of::TIMESTAMPTZ)
ORDER BY l.batch, l.source
