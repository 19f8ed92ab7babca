/*---
title = "When each ticket began, and when the ledger first knows its state"
grain = "one row per ticket"
internal = true
---*/
-- A reported creation is exact; else the first known state bounds it from above.
CREATE OR REPLACE VIEW ticket_births AS
SELECT
    m.org_id,
    m.ticket_id,
    coalesce(t.created_at, m.moved_at) AS born_at,
    CASE
        WHEN t.created_at IS NULL THEN m.told
        ELSE told_exactly(t.created_at, m.event_id)
    END AS born,
    m.moved_at AS first_known_at,
    m.is_exact AS is_seen
FROM ticket_moves AS m
JOIN tickets_all AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
WHERE m.version = 1
