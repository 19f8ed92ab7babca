/*---
title = "A view, read from the cache, of which one generation has all rows"
internal = true
---*/
CREATE OR REPLACE VIEW {view} AS
SELECT * EXCLUDE (generation)
FROM read_parquet(getvariable('derived_{view}'), hive_partitioning = false)
