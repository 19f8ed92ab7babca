/*---
title = "Whole microseconds from one instant to another; never below zero; NULL when one is missing"
---*/
-- Durations stay integers until the last step: sums of floats would depend on the order of rows.
-- Not `greatest(…, 0)`: it passes over NULL, and what never happened would have taken no time.
CREATE OR REPLACE MACRO microseconds_between(since, until) AS
CASE
    WHEN epoch_us(until) < epoch_us(since) THEN 0
    ELSE epoch_us(until) - epoch_us(since)
END
