/*---
title = "What became of something to be reached: fulfil, cancel when the ticket was removed before, NULL while it runs"
internal = true
---*/
CREATE OR REPLACE MACRO outcome_of(reached, removed) AS
CASE WHEN reached IS NOT NULL THEN 'fulfil' WHEN removed IS NOT NULL THEN 'cancel' END
