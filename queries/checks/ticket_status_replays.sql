/*---
title = "The changes of a ticket's status, one after the other, lead to its current status"
grain = "one row per change that does not follow the one before it, or last one that leads elsewhere"
---*/
WITH placed AS (
    SELECT
        c.org_id,
        c.ticket_id,
        c.event_id,
        c.old_value ->> '$' AS old_status,
        c.new_value ->> '$' AS new_status,
        m.seq,
        m.part
    FROM ticket_changes AS c
    JOIN ticket_moments AS m
        ON m.org_id = c.org_id
        AND m.ticket_id = c.ticket_id
        AND m.event_id = c.event_id
        AND m.part = CASE WHEN c.changed_after IS NULL THEN 1 ELSE 0 END
    WHERE c.field = 'status'
),
replayed AS (
    SELECT
        *,
        lag(new_status) OVER in_order AS former_status,
        row_number() OVER in_order > 1 AS has_former,
        lead(seq) OVER in_order IS NULL AS is_last
    FROM placed
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq, part)
)
SELECT
    t.org_id,
    t.ticket_id,
    r.event_id,
    r.former_status,
    r.old_status,
    r.new_status,
    t.status AS status_now
FROM tickets_all AS t
JOIN replayed AS r ON r.org_id = t.org_id AND r.ticket_id = t.ticket_id
WHERE (r.has_former AND r.old_status IS DISTINCT FROM r.former_status)
    OR (r.is_last AND r.new_status IS DISTINCT FROM t.status)
ORDER BY ALL
