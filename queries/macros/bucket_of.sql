/*---
title = "The start of the bucket of time that an instant is in: hour, day, week and so on of the session's time zone"
internal = true
---*/
-- An hour that the clock shows twice is two hours: taken apart, it would become the later one.
CREATE OR REPLACE MACRO bucket_of(grain, instant) AS
CASE
    WHEN grain = 'hour' AND isfinite(instant)
    THEN instant - to_minutes(minute(instant)) - to_microseconds(microsecond(instant))
    ELSE date_trunc(grain, instant)
END
