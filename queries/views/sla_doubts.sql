/*---
title = "When what policies look at may have been otherwise than told: a lost event hides when it changed"
grain = "one row per ticket and time before a state that is declared, or before the first state of a ticket whose creation was not seen"
internal = true
---*/
CREATE OR REPLACE VIEW sla_doubts AS
WITH versions AS (
    SELECT
        *,
        struct_pack(place := place_of(status, is_deleted), due_date) AS due_state,
        struct_pack(
            place := place_of(status, is_deleted),
            status,
            priority := coalesce(priority, 0),
            labels := coalesce(labels, []),
            properties := property_texts(custom_properties)
        ) AS state
    FROM ticket_history
    WHERE (org_id, ticket_id) IN (
        SELECT org_id, ticket_id FROM ticket_history WHERE evidence = 'declared' AND version > 1
    )
),
hidden AS (
    SELECT
        org_id,
        ticket_id,
        coalesce(valid_from_earliest, '-infinity'::TIMESTAMPTZ) AS since,
        valid_from_latest AS until,
        state IS DISTINCT FROM lag(state) OVER in_order AS is_of_clock,
        due_state IS DISTINCT FROM lag(due_state) OVER in_order AS is_of_due_date
    FROM versions
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
    QUALIFY evidence = 'declared' AND version > 1
)
FROM hidden
WHERE is_of_clock OR is_of_due_date
UNION ALL BY NAME
SELECT
    h.org_id,
    h.ticket_id,
    '-infinity'::TIMESTAMPTZ AS since,
    h.valid_from_latest AS until,
    true AS is_of_clock,
    true AS is_of_due_date
FROM ticket_history AS h
JOIN ticket_births AS b ON b.org_id = h.org_id AND b.ticket_id = h.ticket_id
WHERE h.version = 1 AND NOT b.is_seen
