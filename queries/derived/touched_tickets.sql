/*---
title = "Tickets that events of the new commits are about"
internal = true
---*/
CREATE OR REPLACE TABLE touched_tickets AS
SELECT DISTINCT org_id, ticket_id
FROM read_parquet(getvariable('new_files'), hive_partitioning = false)
WHERE object_type = 'ticket'
    AND batch > getvariable('former_commit') -- a compacted file holds former commits, too
