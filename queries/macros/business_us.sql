/*---
title = "Whole microseconds from one instant to another at which a calendar is open; never below zero; NULL when an instant is missing or before 1970 or after 2099, or there is no such calendar"
---*/
-- Written like a subquery per row, planned as joins: DuckDB takes the distinct arguments of all
-- rows, joins them with the segments twice (ASOF), and the result with the rows.
CREATE OR REPLACE MACRO business_us(calendar_name, since, until) AS (
    SELECT
        CASE
            WHEN asked.until_at < asked.since_at AND o.cum_us IS NOT NULL AND c.cum_us IS NOT NULL
            THEN 0
            ELSE clock_us(c.cum_us, c.open_at, c.close_at, asked.until_at)
                - clock_us(o.cum_us, o.open_at, o.close_at, asked.since_at)
        END
    FROM (
        SELECT
            calendar_name AS calendar,
            since::TIMESTAMPTZ AS since_at,
            until::TIMESTAMPTZ AS until_at
    ) AS asked
    ASOF LEFT JOIN calendar_segments AS o
        ON o.calendar = asked.calendar AND asked.since_at >= o.open_at
    ASOF LEFT JOIN calendar_segments AS c
        ON c.calendar = asked.calendar AND asked.until_at >= c.open_at
)
