/*---
title = "What became of the due date of each ticket, up to the closing that lasted"
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_due_dates AS
WITH versions AS (
    SELECT
        h.org_id,
        h.ticket_id,
        h.version,
        h.valid_from,
        h.due_date,
        lag(h.due_date) OVER (PARTITION BY h.org_id, h.ticket_id ORDER BY h.version)
            AS former_due_date
    FROM ticket_history AS h
    JOIN ticket_milestones AS m ON m.org_id = h.org_id AND m.ticket_id = h.ticket_id
    WHERE h.version = 1
        OR m.finally_resolved IS NULL
        OR h.valid_from <= m.finally_resolved.instant
),
told AS (
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
)
SELECT
    d.org_id,
    d.ticket_id,
    d.original_due_date,
    d.due_date,
    d.due_date_changes,
    d.late_postponements,
    (epoch_us(d.last_due_date) - epoch_us(d.original_due_date)) / 1e6 AS due_date_slippage_s,
    m.finally_resolved.instant <= d.original_due_date AS met_original_due,
    m.finally_resolved.instant <= d.due_date AS met_last_due,
    m.place = 'active' AND coalesce(d.due_date < a.instant, false) AS overdue_now,
    microseconds_between(d.due_date, m.finally_resolved.instant) / 1e6 AS lateness_s
FROM told AS d
CROSS JOIN asked_at AS a
JOIN ticket_milestones AS m ON m.org_id = d.org_id AND m.ticket_id = d.ticket_id
