/*---
title = "What is known of a ticket before an event is all that those before it said"
grain = "one row per event that begins with anything else"
---*/
-- A ticket that was seen is not deleted unless told: only this is known without having been said.
SELECT org_id, ticket_id, seq, event_id
FROM (
    SELECT
        org_id,
        ticket_id,
        seq,
        event_id,
        former,
        lag(laid_over(image, former)) OVER in_order AS left_off
    FROM ticket_states
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq)
)
WHERE seq > 1
    AND (
        where_told(former, left_off) IS DISTINCT FROM left_off
        OR ticket_state(former) IS DISTINCT FROM ticket_state(left_off)
    )
ORDER BY org_id, ticket_id, seq
