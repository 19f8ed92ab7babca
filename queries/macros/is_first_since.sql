/*---
title = "Whether something that was done the last time at an instant, or never, is done for the first time in a period"
internal = true
---*/
-- Without a start the period has no time before it.
CREATE OR REPLACE MACRO is_first_since(done_before_at, start_at) AS
    coalesce(done_before_at < start_at::TIMESTAMPTZ, done_before_at IS NULL)
