/*---
title = "The stored events about touched messages"
internal = true
---*/
CREATE OR REPLACE VIEW ledger_events AS
SELECT e.*
FROM read_parquet(getvariable('ledger_files'), hive_partitioning = false) AS e
SEMI JOIN touched_messages AS t ON t.org_id = e.org_id AND t.message_id = e.message_id
WHERE e.message_keys IS NOT NULL
