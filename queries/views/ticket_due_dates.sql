/*---
title = "What became of the due date of each ticket, up to the closing that lasted"
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_due_dates AS
WITH closings AS (
    SELECT
        org_id,
        ticket_id,
        arg_max(moved_at, version) FILTER (is_resolution) AS closed_at
    FROM ticket_moves
    GROUP BY org_id, ticket_id
    HAVING arg_max(place, version) FILTER (place NOT IN ('removed', 'deleted')) = 'resolved'
),
versions AS (
    SELECT
        h.org_id,
        h.ticket_id,
        h.version,
        h.valid_from,
        h.due_date,
        lag(h.due_date) OVER (PARTITION BY h.org_id, h.ticket_id ORDER BY h.version)
            AS former_due_date
    FROM ticket_history AS h
    LEFT JOIN closings AS c ON c.org_id = h.org_id AND c.ticket_id = h.ticket_id
    WHERE h.version = 1 OR c.closed_at IS NULL OR h.valid_from <= c.closed_at
)
SELECT
    org_id,
    ticket_id,
    arg_min(due_date, version) AS original_due_date,
    arg_max(due_date, version) AS last_due_date,
    arg_max(struct_pack(v := due_date), version).v AS due_date,
    count(*) FILTER (former_due_date IS DISTINCT FROM due_date AND version > 1)
        - count(DISTINCT 1) FILTER (due_date IS NOT NULL)
        + coalesce(any_value(1) FILTER (version = 1 AND due_date IS NOT NULL), 0)
        AS due_date_changes,
    count(*) FILTER (former_due_date < valid_from AND due_date > former_due_date)
        AS late_postponements
FROM versions
GROUP BY org_id, ticket_id
