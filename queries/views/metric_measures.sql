/*---
title = "How long each span of every metric took, with its bounds"
grain = "one row per ticket, metric and span"
internal = true
---*/
CREATE OR REPLACE VIEW metric_measures AS
FROM reach_measures
UNION ALL BY NAME
FROM state_measures
