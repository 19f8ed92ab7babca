/*---
title = "How much of each ticket's life the ledger has seen"
dear = true
grain = "one row per ticket, deleted ones included"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_completeness AS
SELECT *
FROM ticket_completeness_at((SELECT instant FROM asked_at))
