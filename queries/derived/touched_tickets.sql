/*---
title = "Tickets that events of the new commits are about, or that their messages are attached to"
internal = true
---*/
CREATE OR REPLACE TABLE touched_tickets AS
SELECT DISTINCT org_id, ticket_id
FROM read_parquet(getvariable('new_files'), hive_partitioning = false)
WHERE ticket_id <> '' -- of a message that is attached to none
    AND (object_type = 'ticket' OR message_keys IS NOT NULL)
    AND batch > getvariable('former_commit') -- a compacted file holds former commits, too
