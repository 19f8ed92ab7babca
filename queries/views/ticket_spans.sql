/*---
title = "How long each ticket kept each status, up to its removal or until now"
grain = "one row per ticket and visit of a status"
internal = true
---*/
-- A visit is exact unless it starts or ends in a gap or before the first event. Deleted and archived
-- time belongs to no visit.
CREATE OR REPLACE VIEW ticket_spans AS
WITH versions AS (
    SELECT
        org_id,
        ticket_id,
        chat_id,
        version,
        status,
        since,
        until,
        is_start_seen AND NOT coalesce(lead(is_declared) OVER in_order, false) AS is_exact,
        place IN ('deleted', 'removed') AS is_removed
    FROM ticket_stays
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
),
islands AS (
    SELECT
        *,
        count(*) FILTER (is_new) OVER so_far AS visit
    FROM (
        SELECT
            *,
            struct_pack(s := status, r := is_removed)
                IS DISTINCT FROM lag(struct_pack(s := status, r := is_removed)) OVER in_order
                AS is_new
        FROM versions
        WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
    )
    WINDOW so_far AS (
        PARTITION BY org_id, ticket_id ORDER BY version ROWS UNBOUNDED PRECEDING
    )
)
SELECT
    org_id,
    ticket_id,
    visit,
    any_value(status) AS status,
    arg_min(chat_id, version) AS chat_id,
    min(since) AS since,
    CASE WHEN bool_and(until IS NOT NULL) THEN max(until) END AS until,
    bool_and(is_exact) AS is_exact
FROM islands
WHERE NOT is_removed
GROUP BY org_id, ticket_id, visit
