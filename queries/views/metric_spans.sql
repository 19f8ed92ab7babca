/*---
title = "The spans of time that every metric is made of"
grain = "one row per ticket, metric and span"
internal = true
---*/
-- A span of a metric about reaching something ends when it is reached, is cancelled when the ticket
-- is archived or deleted before, or runs. One of a state (`is_state`) lasts as long as the state.
-- Nothing but what led to the ticket counts before its creation.
CREATE OR REPLACE VIEW metric_spans AS
FROM reach_spans
UNION ALL BY NAME
FROM state_spans
