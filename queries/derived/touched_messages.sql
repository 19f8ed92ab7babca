/*---
title = "Messages that events of the new commits are about"
internal = true
---*/
CREATE OR REPLACE TABLE touched_messages AS
SELECT DISTINCT org_id, message_id
FROM read_parquet(getvariable('new_files'), hive_partitioning = false)
WHERE message_keys IS NOT NULL
    AND batch > getvariable('former_commit') -- a compacted file holds former commits, too
