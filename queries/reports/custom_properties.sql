/*---
title = "Custom properties"
question = "What is filled in on tickets, how soon, and is it there when they are closed?"
grain = "one row per organisation, property and value"
key = ["org_id", "property", "value"]
period = "tickets created"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
property = { type = "VARCHAR", help = "name of the custom property" }
value = { type = "VARCHAR", help = "value as text; empty texts, lists and maps are no values" }
tickets = { type = "BIGINT", help = "tickets that ever had it" }
tickets_now = { type = "BIGINT", help = "tickets that have it now" }
changes = { type = "BIGINT", help = "times it was set to this value, also at the creation" }
first_filled = { type = "BIGINT", help = "tickets of which it was the property's first value" }
fill_time_p50_s = { type = "DOUBLE", unit = "s", help = "median of creation to the first value, of these tickets" }
closed_with = { type = "BIGINT", help = "tickets that had it at their last closing" }
fill_rate_at_close = { type = "DOUBLE", help = "of all tickets that were ever closed, the share that had any value of the property at the last closing; NULL = none was" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the period that had it" }
---*/
WITH chosen AS MATERIALIZED (
    SELECT b.org_id, b.ticket_id, b.born_at, t.is_deleted
    FROM ticket_births AS b
    JOIN tickets_all AS t ON t.org_id = b.org_id AND t.ticket_id = b.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = b.org_id AND l.ticket_id = b.ticket_id
    WHERE b.born_at <= $as_of::TIMESTAMPTZ
        AND b.born_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND b.born_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR b.org_id = $org_id)
),
closed AS (
    SELECT org_id, count(*) AS tickets
    FROM chosen
    SEMI JOIN (FROM ticket_moves WHERE is_resolution) AS m
        ON m.org_id = chosen.org_id AND m.ticket_id = chosen.ticket_id
    WHERE NOT is_deleted
    GROUP BY org_id
),
had AS MATERIALIZED (
    SELECT v.*, c.is_deleted, microseconds_between(c.born_at, v.filled_at) AS fill_us
    FROM ticket_property_values AS v
    JOIN chosen AS c ON c.org_id = v.org_id AND c.ticket_id = v.ticket_id
),
at_close AS (
    SELECT org_id, property, count(*) FILTER (is_at_close AND NOT is_deleted) AS tickets
    FROM had
    GROUP BY org_id, property
)
SELECT
    h.org_id,
    h.property,
    h.value,
    count(*) FILTER (NOT h.is_deleted) AS tickets,
    count(*) FILTER (NOT h.is_deleted AND h.is_now) AS tickets_now,
    coalesce(sum(h.changes) FILTER (NOT h.is_deleted), 0)::BIGINT AS changes,
    count(h.fill_us) FILTER (NOT h.is_deleted) AS first_filled,
    quantile_cont(h.fill_us, 0.5) FILTER (NOT h.is_deleted) / 1e6 AS fill_time_p50_s,
    count(*) FILTER (NOT h.is_deleted AND h.is_at_close) AS closed_with,
    any_value(a.tickets / c.tickets) AS fill_rate_at_close,
    count(*) FILTER (h.is_deleted) AS tickets_excluded
FROM had AS h
JOIN at_close AS a ON a.org_id = h.org_id AND a.property = h.property
LEFT JOIN closed AS c ON c.org_id = h.org_id
GROUP BY h.org_id, h.property, h.value
ORDER BY h.org_id, h.property, h.value
