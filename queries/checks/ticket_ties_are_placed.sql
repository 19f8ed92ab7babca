/*---
title = "Events of a ticket that share instant and rank have the places 1, 2, …, each once"
grain = "one row per tie of which that is not so"
---*/
SELECT
    e.org_id,
    e.ticket_id,
    e.event_at,
    count(*) AS events,
    list_sort(list(p.place)) AS places
FROM ledger_events AS e
LEFT JOIN ticket_places AS p
    ON p.org_id = e.org_id AND p.ticket_id = e.ticket_id AND p.event_id = e.event_id
WHERE e.object_type = 'ticket'
GROUP BY e.org_id, e.ticket_id, e.event_at, event_rank(e.event_type, 'ticket')
HAVING count(DISTINCT e.event_id) > 1
    AND (
        count(p.place) <> count(*)
        OR count(DISTINCT p.place) <> count(*)
        OR min(p.place) <> 1
        OR max(p.place) <> count(*)
    )
    OR count(DISTINCT e.event_id) = 1 AND count(p.place) > 0
ORDER BY ALL
