/*---
title = "How long each ticket kept each status, up to its removal or until now"
grain = "one row per ticket and visit of a status"
internal = true
---*/
-- The first visit starts at the reported creation when the first event is the creation itself;
-- otherwise it starts with the state that event tells of, if it does. A visit is exact unless it
-- starts or ends in a gap or before the first event. Deleted and archived time belongs to no visit.
CREATE OR REPLACE VIEW ticket_spans AS
WITH creations AS (
    SELECT org_id, ticket_id
    FROM ledger_events
    WHERE event_type = 'ticket.created'
    GROUP BY org_id, ticket_id
),
versions AS (
    SELECT
        h.org_id,
        h.ticket_id,
        h.chat_id,
        h.version,
        h.status,
        CASE
            WHEN h.version = 1 AND c.ticket_id IS NOT NULL
            THEN least(coalesce(h.created_at, h.valid_from), h.valid_from)
            ELSE h.valid_from
        END AS since,
        h.valid_to AS until,
        (h.version > 1 OR c.ticket_id IS NOT NULL)
            AND h.evidence <> 'declared'
            AND coalesce(lead(h.evidence) OVER in_order <> 'declared', true) AS is_exact,
        h.is_deleted OR status_class(h.status) = 'removed' AS is_removed
    FROM ticket_history AS h
    LEFT JOIN creations AS c ON c.org_id = h.org_id AND c.ticket_id = h.ticket_id
    WINDOW in_order AS (PARTITION BY h.org_id, h.ticket_id ORDER BY h.version)
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
