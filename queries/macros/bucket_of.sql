/*---
title = "The start of the bucket of time that an instant is in: hour, day, week and so on of the session's time zone"
internal = true
---*/
-- UTC has no clock to ask: plain timestamps are cut in a tenth of the time. Else an hour that the clock
-- shows twice is two hours: taken apart, it would become the later one.
CREATE OR REPLACE MACRO bucket_of(grain, instant) AS
CASE
    WHEN current_setting('TimeZone') = 'UTC' AND isfinite(instant)
    THEN make_timestamptz(epoch_us(date_trunc(grain, make_timestamp(epoch_us(instant)))))
    WHEN grain = 'hour' AND isfinite(instant)
    THEN instant - to_minutes(minute(instant)) - to_microseconds(microsecond(instant))
    ELSE date_trunc(grain, instant)
END
