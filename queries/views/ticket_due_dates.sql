/*---
title = "What became of the due date of each ticket, up to the closing that lasted"
dear = true
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_due_dates AS
WITH told AS (
    SELECT
        org_id,
        ticket_id,
        arg_min(due_date, version) AS original_due_date,
        arg_max(due_date, version) AS last_due_date,
        arg_max(struct_pack(v := due_date), version).v AS due_date,
        count(*) FILTER (is_change) AS due_date_changes,
        count(*) FILTER (is_late_postponement) AS late_postponements
    FROM ticket_due_date_versions
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
