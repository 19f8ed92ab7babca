/*---
title = "A view, read from the cache: of each ticket, chat or message the rows of its newest generation"
internal = true
---*/
-- As a join, not as `NOT EXISTS`: that would put all keys together before any filter. Of a single
-- generation it is none, and what it alone reads is not read.
CREATE OR REPLACE VIEW {view} AS
SELECT d.* EXCLUDE (generation)
FROM read_parquet(getvariable('derived_{view}'), hive_partitioning = false) AS d
ANTI JOIN (
    FROM read_parquet(getvariable('derived_{touched}'), hive_partitioning = false)
    WHERE len(getvariable('derived_{touched}')) > 1
) AS n
    ON n.org_id = d.org_id AND n.{id} = d.{id} AND n.generation > d.generation
