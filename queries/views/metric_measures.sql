/*---
title = "How long each span of every metric took, with its bounds"
grain = "one row per ticket, metric and span"
internal = true
---*/
CREATE OR REPLACE VIEW metric_measures AS
FROM move_measures
UNION ALL BY NAME
FROM talk_measures
