/*---
title = "What is learned of the senders, read from the cache"
internal = true
---*/
CREATE OR REPLACE VIEW {view} AS
SELECT * EXCLUDE (generation)
FROM read_parquet(getvariable('derived_{view}'), hive_partitioning = false)
