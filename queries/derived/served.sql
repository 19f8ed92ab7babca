/*---
title = "A view, read from the cache: of each ticket, chat or message the rows of its newest generation"
internal = true
---*/
-- As a join, not as `NOT EXISTS`: that would put all keys together before any filter.
CREATE OR REPLACE VIEW {view} AS
SELECT d.* EXCLUDE (generation)
FROM read_parquet(getvariable('derived_{view}'), hive_partitioning = false) AS d
ANTI JOIN read_parquet(getvariable('derived_{touched}'), hive_partitioning = false) AS n
    ON n.org_id = d.org_id AND n.{id} = d.{id} AND n.generation > d.generation
