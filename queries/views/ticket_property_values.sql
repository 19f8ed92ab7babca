/*---
title = "Which values each custom property of a ticket had, and when it was filled first"
dear = true
grain = "one row per ticket, property and value"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_property_values AS
WITH closings AS (
    SELECT org_id, ticket_id, max(version) AS closing
    FROM ticket_moves
    WHERE is_resolution
    GROUP BY org_id, ticket_id
),
-- Neighbouring versions with the same map are one stretch: most versions change something else.
compared AS (
    SELECT
        org_id,
        ticket_id,
        version,
        valid_from,
        custom_properties,
        lag(custom_properties) OVER (
            PARTITION BY org_id, ticket_id ORDER BY version
        ) AS former_properties
    FROM ticket_history
),
stretches AS (
    SELECT
        *,
        row_number() OVER in_order AS stretch,
        lead(version) OVER in_order AS next_version
    FROM compared
    WHERE version = 1 OR custom_properties IS DISTINCT FROM former_properties
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
),
entries AS (
    SELECT *, unnest(properties_of(custom_properties)) AS entry
    FROM stretches
),
filled AS (
    SELECT *, entry.key AS property, entry.value ->> '$' AS value
    FROM entries
    WHERE (entry.value ->> '$') NOT IN ('', '[]', '{}')
),
runs AS (
    SELECT
        *,
        lag(stretch) OVER in_order IS NOT DISTINCT FROM stretch - 1 AS goes_on,
        stretch = min(stretch) OVER (PARTITION BY org_id, ticket_id, property) AS is_first
    FROM filled
    WINDOW in_order AS (PARTITION BY org_id, ticket_id, property, value ORDER BY stretch)
)
SELECT
    r.org_id,
    r.ticket_id,
    r.property,
    r.value,
    count(*) FILTER (NOT r.goes_on) AS changes,
    bool_or(r.next_version IS NULL) AS is_now,
    bool_or(c.closing >= r.version AND (r.next_version IS NULL OR c.closing < r.next_version))
        AS is_at_close,
    min(r.valid_from) FILTER (r.is_first) AS filled_at
FROM runs AS r
LEFT JOIN closings AS c ON c.org_id = r.org_id AND c.ticket_id = r.ticket_id
GROUP BY r.org_id, r.ticket_id, r.property, r.value
