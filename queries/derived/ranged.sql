/*---
title = "A view, as it was written of one range of tickets after the other"
internal = true
---*/
CREATE OR REPLACE VIEW {view} AS
FROM read_parquet(getvariable('ranged_{view}'), hive_partitioning = false)
