/*---
title = "Ranges of tickets, chats or messages that have about as many events each"
internal = true
---*/
CREATE OR REPLACE TABLE entity_parts AS
SELECT
    org_id,
    {id},
    ((sum(event_count) OVER (ORDER BY org_id, {id}) - 1) // getvariable('part_events'))::INTEGER
        AS part
FROM (
    SELECT org_id, {id}, count(*) AS event_count
    FROM ledger_events
    GROUP BY org_id, {id}
)
