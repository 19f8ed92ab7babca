/*---
title = "What policies look at: the state of each ticket from each instant at which it changed"
grain = "one row per ticket and instant"
internal = true
kept = true
---*/
-- Of several versions of one instant the last counts. The first known state is also taken for those
-- before it.
CREATE OR REPLACE VIEW sla_states AS
WITH versions AS (
    SELECT
        org_id,
        ticket_id,
        version,
        valid_from,
        place_of(status, is_deleted) AS place,
        status,
        coalesce(priority, 0) AS priority,
        coalesce(labels, []) AS labels,
        property_texts(custom_properties) AS properties,
        due_date,
        event_id
    FROM ticket_history
    QUALIFY version = 1 OR version = max(version) OVER (PARTITION BY org_id, ticket_id, valid_from)
),
compared AS (
    SELECT
        *,
        struct_pack(place, status, priority, labels, properties, due_date) AS state,
        lag(struct_pack(place, status, priority, labels, properties, due_date)) OVER in_order
            AS former
    FROM versions
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
SELECT
    * EXCLUDE (valid_from, state, former),
    CASE WHEN version = 1 THEN '-infinity'::TIMESTAMPTZ ELSE valid_from END AS since
FROM compared
WHERE version = 1 OR state IS DISTINCT FROM former
