/*---
title = "How far the data of each organisation goes"
grain = "one row per organisation"
internal = true

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of its last event" }
days = { type = "BIGINT", help = "from the first move of a ticket to as_of; NULL = no ticket" }
---*/
CREATE OR REPLACE VIEW org_extents AS
WITH moves AS (
    SELECT org_id, min(moved_at) AS first_moved_at
    FROM ticket_moves
    GROUP BY org_id
),
ends AS (
    SELECT org_id, max(event_at) AS last_event_at
    FROM ledger_events
    GROUP BY org_id
)
SELECT
    e.org_id,
    e.last_event_at,
    date_diff('day', m.first_moved_at, a.instant) AS days
FROM ends AS e
CROSS JOIN asked_at AS a
LEFT JOIN moves AS m ON m.org_id = e.org_id
