/*---
title = "A view of chats, read from the cache: of each chat the rows of its newest generation"
internal = true
---*/
CREATE OR REPLACE VIEW {view} AS
SELECT d.* EXCLUDE (generation)
FROM read_parquet(getvariable('derived_{view}'), hive_partitioning = false) AS d
WHERE NOT EXISTS (
    FROM read_parquet(getvariable('derived_touched_chats'), hive_partitioning = false) AS n
    WHERE n.org_id = d.org_id AND n.chat_id = d.chat_id AND n.generation > d.generation
)
