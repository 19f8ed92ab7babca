/*---
title = "What the clock of a calendar shows at a microsecond of one of its pieces"
internal = true
---*/
CREATE OR REPLACE MACRO clock_shows(cum_us, open_us, close_us, moment_us) AS
cum_us + greatest(least(moment_us, close_us), open_us) - open_us
