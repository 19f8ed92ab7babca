/*---
title = "A view of messages, read from the cache: of each message the row of its newest generation"
internal = true
---*/
CREATE OR REPLACE VIEW {view} AS
SELECT d.* EXCLUDE (generation)
FROM read_parquet(getvariable('derived_{view}'), hive_partitioning = false) AS d
WHERE NOT EXISTS (
    FROM read_parquet(getvariable('derived_touched_messages'), hive_partitioning = false) AS n
    WHERE n.org_id = d.org_id AND n.message_id = d.message_id AND n.generation > d.generation
)
