/*---
title = "Whole microseconds from one instant to another; never below zero"
---*/
-- Durations stay integers until the last step: sums of floats would depend on the order of rows.
CREATE OR REPLACE MACRO microseconds_between(since, until) AS
greatest(epoch_us(until) - epoch_us(since), 0)
