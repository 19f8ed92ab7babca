/*---
title = "Whether a calendar is open at an instant; NULL before 1970 and after 2099, or when there is no such calendar"
---*/
CREATE OR REPLACE MACRO is_business_time(calendar_name, moment) AS (
    SELECT asked.moment_at < s.close_at
    FROM (SELECT calendar_name AS calendar, moment::TIMESTAMPTZ AS moment_at) AS asked
    ASOF LEFT JOIN calendar_segments AS s
        ON s.calendar = asked.calendar AND asked.moment_at >= s.open_at
)
