/*---
title = "Every change of a ticket leads from the state before it to the state after it"
grain = "one row per change that does not"
---*/
-- The old value of a field never seen before is known to the event alone.
WITH moments AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        part,
        state,
        lag(state) OVER in_order AS former
    FROM ticket_moments
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq, part)
),
valued AS (
    SELECT
        c.org_id,
        c.ticket_id,
        c.event_id,
        c.field,
        nullif(c.old_value::VARCHAR, '[]') AS old_value,
        nullif(c.new_value::VARCHAR, '[]') AS new_value,
        c.changed_after IS NULL AND c.evidence = 'declared' AS is_first_told,
        ticket_value(c.field, m.former) AS value_before,
        ticket_value(c.field, m.state) AS value_after,
        m.event_id IS NULL AS is_alone
    FROM ticket_changes AS c
    LEFT JOIN moments AS m
        ON m.org_id = c.org_id
        AND m.ticket_id = c.ticket_id
        AND m.event_id = c.event_id
        AND m.part = CASE WHEN c.changed_after IS NULL THEN 1 ELSE 0 END
)
SELECT org_id, ticket_id, event_id, field, old_value, value_before, new_value, value_after
FROM valued
WHERE is_alone
    OR new_value IS DISTINCT FROM value_after
    OR (NOT is_first_told AND old_value IS DISTINCT FROM value_before)
ORDER BY ALL
