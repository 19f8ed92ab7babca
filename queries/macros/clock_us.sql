/*---
title = "Microseconds that a calendar was open up to an instant, from the segment before it"
---*/
-- The columns are those of the last row of `calendar_segments` that begins by then.
CREATE OR REPLACE MACRO clock_us(cum_us, open_at, close_at, moment) AS
cum_us + least(epoch_us(moment), epoch_us(close_at)) - epoch_us(open_at)
