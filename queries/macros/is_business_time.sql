/*---
title = "Whether a calendar is open at an instant; NULL before 1970 and after 2099, or when there is no such calendar"
---*/
CREATE OR REPLACE MACRO is_business_time(calendar_name, moment) AS (
    SELECT asked.moment_us >= a.open_us AND asked.moment_us < a.close_us
    FROM (
        SELECT calendar_name AS calendar, epoch_us(moment::TIMESTAMPTZ) AS moment_us
    ) AS asked
    LEFT JOIN calendar_pieces AS a
        ON a.calendar = asked.calendar
        AND a.day = asked.moment_us // 86_400_000_000
        AND asked.moment_us >= a.from_us
        AND asked.moment_us < a.until_us
)
