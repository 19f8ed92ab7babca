/*---
title = "The stored events about touched tickets, and those of messages that were attached to them"
internal = true
---*/
CREATE OR REPLACE VIEW ledger_events AS
SELECT e.*
FROM read_parquet(getvariable('ledger_files'), hive_partitioning = false) AS e
SEMI JOIN touched_tickets AS t ON t.org_id = e.org_id AND t.ticket_id = e.ticket_id
WHERE e.object_type = 'ticket' OR e.message_keys IS NOT NULL
