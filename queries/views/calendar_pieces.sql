/*---
title = "The clock of each calendar, cut where it opens and at midnight in UTC"
grain = "one row per calendar, day in UTC, and time within it that is open once at most"
internal = true
kept = true
---*/
-- From `from_us` to `until_us` it is open from `open_us` to `close_us`, and showed `cum_us` before: see
-- `clock_shows`. Days are there for a key: looking an instant up in a hash table is faster than an
-- ASOF join with the segments, which sorts both (bench/calendars.py).
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
-- The days on which it is open, and those after them on which it is closed all day.
days AS (
    SELECT
        *,
        unnest(range(
            open_us // 86_400_000_000,
            greatest((close_us - 1) // 86_400_000_000, next_us // 86_400_000_000 - 1) + 1
        )) AS day
    FROM segments
    WHERE close_us IS NOT NULL
),
cut AS (
    SELECT
        calendar,
        day,
        cum_us,
        open_us AS begun_us,
        greatest(open_us, day * 86_400_000_000) AS open_us,
        greatest(least(close_us, (day + 1) * 86_400_000_000), day * 86_400_000_000) AS close_us,
        close_us AS ended_us
    FROM days
)
SELECT
    calendar,
    day,
    CASE
        WHEN lag(day) OVER in_day IS NULL THEN day * 86_400_000_000
        ELSE open_us
    END AS from_us,
    coalesce(lead(open_us) OVER in_day, (day + 1) * 86_400_000_000) AS until_us,
    open_us,
    close_us,
    cum_us + least(open_us, ended_us) - begun_us AS cum_us
FROM cut
WINDOW in_day AS (PARTITION BY calendar, day ORDER BY open_us)
