/*---
title = "Rows that have `calendar`, `since` and `until`, and beside them the business time from one to the other"
internal = true
---*/
-- For many rows: the macro `business_us` takes more than twice as long (bench/calendars.py).
CREATE OR REPLACE MACRO with_business_us(spans) AS TABLE
SELECT
    s.*,
    not_negative(
        clock_shows(b.cum_us, b.open_us, b.close_us, epoch_us(s.until))
            - clock_shows(a.cum_us, a.open_us, a.close_us, epoch_us(s.since))
    ) AS business_time_us
FROM query_table(spans) AS s
LEFT JOIN calendar_pieces AS a
    ON a.calendar = s.calendar
    AND a.day = epoch_us(s.since) // 86_400_000_000
    AND epoch_us(s.since) >= a.from_us
    AND epoch_us(s.since) < a.until_us
LEFT JOIN calendar_pieces AS b
    ON b.calendar = s.calendar
    AND b.day = epoch_us(s.until) // 86_400_000_000
    AND epoch_us(s.until) >= b.from_us
    AND epoch_us(s.until) < b.until_us
