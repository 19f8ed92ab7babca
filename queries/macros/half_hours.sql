/*---
title = "The half hours of the four years up to an instant: number, first and last microsecond"
---*/
-- Nearly always both ends of one read the same on a clock that shows no minutes: then one question to
-- the time zone answers for all events of it. It is joined by `half_hour_of(instant)`.
CREATE OR REPLACE MACRO half_hours(up_to) AS TABLE
SELECT
    half_hour,
    make_timestamptz(half_hour * 1_800_000_000) AS first_at,
    make_timestamptz(half_hour * 1_800_000_000 + 1_799_999_999) AS last_at
FROM (
    SELECT unnest(range(greatest(last_one - 4 * 366 * 48, 1), last_one + 1)) AS half_hour
    FROM (SELECT half_hour_of(up_to) AS last_one)
)
