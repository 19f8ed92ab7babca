/*---
title = "When each ticket was unresolved, and whether it was on hold then"
grain = "one row per ticket and stretch on hold or not"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_active_times AS
WITH points AS (
    SELECT
        org_id,
        ticket_id,
        version,
        0 AS part,
        told,
        place = 'active' AS is_active,
        NULL::BOOLEAN AS is_on_hold
    FROM ticket_moves
    WHERE place_before <> place
    UNION ALL BY NAME
    FROM on_hold_points
),
known AS (
    SELECT
        org_id,
        ticket_id,
        version,
        part,
        told,
        last_value(is_active IGNORE NULLS) OVER up_to AS is_active,
        coalesce(last_value(is_on_hold IGNORE NULLS) OVER up_to, false) AS is_on_hold
    FROM points
    WINDOW up_to AS (
        PARTITION BY org_id, ticket_id
        ORDER BY version, part
        RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),
changed AS (
    FROM known
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version, part)
    QUALIFY is_active IS DISTINCT FROM lag(is_active) OVER in_order
        OR is_on_hold IS DISTINCT FROM lag(is_on_hold) OVER in_order
),
stretches AS (
    SELECT
        *,
        row_number() OVER in_order AS stretch,
        lead(told) OVER in_order AS ended
    FROM changed
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version, part)
)
SELECT org_id, ticket_id, stretch, is_on_hold, told AS began, ended
FROM stretches
WHERE is_active
