/*---
title = "The events of a ticket are numbered from 1, and never go back in time or rank"
grain = "one row per event out of order"
---*/
SELECT *
FROM (
    SELECT
        org_id,
        ticket_id,
        seq,
        event_at,
        event_id,
        is_last,
        row_number() OVER in_order AS expected,
        struct_pack(event_at := event_at, rank := rank)
            < lag(struct_pack(event_at := event_at, rank := rank)) OVER in_order AS is_back,
        lead(seq) OVER in_order IS NULL AS is_end
    FROM ticket_states
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq, event_id)
)
WHERE seq <> expected OR is_back OR is_last <> is_end
ORDER BY org_id, ticket_id, seq, event_id
