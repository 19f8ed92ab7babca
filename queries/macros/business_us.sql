/*---
title = "Whole microseconds from one instant to another at which a calendar is open; never below zero; NULL when an instant is missing or before 1970 or after 2099, or there is no such calendar"
---*/
-- Written like a subquery per row, planned as joins: DuckDB takes the distinct arguments of all
-- rows, looks both ends up in hash tables, and joins the result with the rows. Who has many rows
-- asks `with_business_us` itself, and is spared the first and the last of these.
CREATE OR REPLACE MACRO business_us(calendar_name, since, until) AS (
    WITH asked AS (
        SELECT
            calendar_name AS calendar,
            since::TIMESTAMPTZ AS since,
            until::TIMESTAMPTZ AS until
    )
    SELECT told.business_time_us FROM with_business_us(asked) AS told
)
