/*---
title = "Every version of a ticket was opened, or told of, by an event of that ticket"
grain = "one row per version without, or at another instant"
---*/
SELECT h.org_id, h.ticket_id, h.version, h.event_id, h.evidence, h.valid_from, e.event_at
FROM ticket_history AS h
LEFT JOIN ledger_events AS e
    ON e.event_id = h.event_id AND e.org_id = h.org_id AND e.ticket_id = h.ticket_id
WHERE e.event_id IS NULL
    OR h.valid_from_latest IS DISTINCT FROM e.event_at
    OR h.evidence IS DISTINCT FROM CASE
        WHEN h.evidence = 'declared' AND e.previous_state IN ('object', 'empty') THEN 'declared'
        WHEN e.event_type = 'ticket.snapshot' THEN 'snapshot'
        WHEN e.previous_state = 'object' THEN 'both'
        ELSE 'image'
    END
ORDER BY h.org_id, h.ticket_id, h.version
