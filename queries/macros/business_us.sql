/*---
title = "Whole microseconds from one instant to another at which a calendar is open; never below zero; NULL when an instant is missing or before 1970 or after 2099, or there is no such calendar"
---*/
-- Written like a subquery per row, planned as joins: DuckDB takes the distinct arguments of all
-- rows, looks both ends up in hash tables, and joins the result with the rows. `with_business_us`
-- is spared the first and the last of these.
CREATE OR REPLACE MACRO business_us(calendar_name, since, until) AS (
    SELECT
        not_negative(
            clock_shows(b.cum_us, b.open_us, b.close_us, asked.until_us)
                - clock_shows(a.cum_us, a.open_us, a.close_us, asked.since_us)
        )
    FROM (
        SELECT
            calendar_name AS calendar,
            epoch_us(since::TIMESTAMPTZ) AS since_us,
            epoch_us(until::TIMESTAMPTZ) AS until_us
    ) AS asked
    LEFT JOIN calendar_pieces AS a
        ON a.calendar = asked.calendar
        AND a.day = asked.since_us // 86_400_000_000
        AND asked.since_us >= a.from_us
        AND asked.since_us < a.until_us
    LEFT JOIN calendar_pieces AS b
        ON b.calendar = asked.calendar
        AND b.day = asked.until_us // 86_400_000_000
        AND asked.until_us >= b.from_us
        AND asked.until_us < b.until_us
)
