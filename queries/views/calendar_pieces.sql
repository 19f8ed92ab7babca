/*---
title = "The clock of each calendar, cut where it opens, closes, and at midnight in UTC"
grain = "one row per calendar, day in UTC, and time within it that is all open or all closed"
internal = true
kept = true
---*/
-- The clock shows `cum_us + rate * (t - from_us)`. Days are there for a key: looking an instant up in
-- a hash table is faster than an ASOF join with the segments, which sorts both (bench/calendars.py).
CREATE OR REPLACE VIEW calendar_pieces AS
WITH segments AS (
    SELECT
        calendar,
        epoch_us(open_at) AS open_us,
        epoch_us(close_at) AS close_us,
        epoch_us(lead(open_at) OVER (PARTITION BY calendar ORDER BY open_at)) AS next_us,
        cum_us
    FROM calendar_segments
),
runs AS (
    SELECT calendar, open_us AS from_us, close_us AS until_us, cum_us, 1 AS rate
    FROM segments
    WHERE close_us > open_us
    UNION ALL
    SELECT calendar, close_us, next_us, cum_us + close_us - open_us, 0
    FROM segments
    WHERE next_us > close_us
),
days AS (
    SELECT
        *,
        unnest(range(from_us // 86_400_000_000, (until_us - 1) // 86_400_000_000 + 1)) AS day
    FROM runs
)
SELECT
    calendar,
    day,
    greatest(from_us, day * 86_400_000_000) AS from_us,
    least(until_us, (day + 1) * 86_400_000_000) AS until_us,
    cum_us + rate * (greatest(from_us, day * 86_400_000_000) - from_us) AS cum_us,
    rate
FROM days
