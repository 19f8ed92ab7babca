/*---
title = "Habits of the senders of the tickets of all parts"
internal = true
---*/
CREATE OR REPLACE TABLE ticket_habits AS
SELECT * EXCLUDE (generation)
FROM read_parquet(getvariable('part_files'), hive_partitioning = false)
