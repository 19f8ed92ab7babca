/*---
title = "The stored events about touched chats"
internal = true
---*/
CREATE OR REPLACE VIEW ledger_events AS
SELECT e.*
FROM read_parquet(getvariable('ledger_files'), hive_partitioning = false) AS e
SEMI JOIN touched_chats AS t ON t.org_id = e.org_id AND t.chat_id = e.chat_id
WHERE e.chat_keys IS NOT NULL
