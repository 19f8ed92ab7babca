/*---
title = "When each calendar is open, from 1970 to 2099"
grain = "one row per calendar and time without a break; the first may have no length, the last marks the end"

[columns]
calendar = { type = "VARCHAR", help = "its name; `default` when no file is given" }
open_at = { type = "TIMESTAMP WITH TIME ZONE", help = "opens" }
close_at = { type = "TIMESTAMP WITH TIME ZONE", help = "closes; NULL in the last row: beyond 2099 nothing is known" }
cum_us = { type = "BIGINT", help = "microseconds it was open before, since 1970; NULL in the last row" }
---*/
-- Without a file of calendars there is this one, always open: business time is calendar time. A
-- session that has a file puts a table in place of this view.
CREATE OR REPLACE VIEW calendar_segments AS
SELECT
    'default' AS calendar,
    TIMESTAMPTZ '1970-01-01 00:00:00+00' AS open_at,
    TIMESTAMPTZ '2100-01-01 00:00:00+00' AS close_at,
    0::BIGINT AS cum_us
UNION ALL
SELECT 'default', TIMESTAMPTZ '2100-01-01 00:00:00+00', NULL, NULL
