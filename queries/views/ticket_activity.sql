/*---
title = "When each ticket was active in which chat"
grain = "one row per ticket and version in which it is active"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_activity AS
SELECT
    org_id,
    ticket_id,
    chat_id,
    moved_at AS since,
    coalesce(
        lead(moved_at) OVER (PARTITION BY org_id, ticket_id ORDER BY version),
        'infinity'::TIMESTAMPTZ
    ) AS until
FROM ticket_moves
QUALIFY place = 'active' AND chat_id IS NOT NULL AND since < until
