/*---
title = "Due dates"
question = "How many due dates are met, and how many only because they were moved?"
grain = "one row per organisation"
key = ["org_id"]
period = "tickets created"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
due_set = { type = "BIGINT", help = "tickets with a due date at some time" }
resolved = { type = "BIGINT", help = "of these, closed for good" }
met_original = { type = "BIGINT", help = "closed by their first due date" }
met_last = { type = "BIGINT", help = "closed by the due date they had then" }
late = { type = "BIGINT", help = "closed after it" }
overdue_now = { type = "BIGINT", help = "active and past it" }
postponed = { type = "BIGINT", help = "last due date later than the first" }
late_postponed = { type = "BIGINT", help = "moved on after it had passed" }
slippage_p50_s = { type = "DOUBLE", unit = "s", help = "median of last less first due date, of tickets whose date was changed" }
lateness_p50_s = { type = "DOUBLE", unit = "s", help = "median delay of the late ones" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the period with a due date" }
---*/
WITH chosen AS (
    SELECT
        u.*,
        m.place = 'deleted' AS is_deleted,
        m.finally_resolved.instant AS resolved_at
    FROM ticket_due_dates AS u
    JOIN ticket_milestones AS m ON m.org_id = u.org_id AND m.ticket_id = u.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = u.org_id AND l.ticket_id = u.ticket_id
    WHERE u.original_due_date IS NOT NULL
        AND m.born.instant <= $as_of::TIMESTAMPTZ
        AND m.born.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND m.born.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR u.org_id = $org_id)
)
SELECT
    org_id,
    count(*) FILTER (NOT is_deleted) AS due_set,
    count(resolved_at) FILTER (NOT is_deleted) AS resolved,
    count(*) FILTER (NOT is_deleted AND met_original_due) AS met_original,
    count(*) FILTER (NOT is_deleted AND met_last_due) AS met_last,
    count(*) FILTER (NOT is_deleted AND NOT met_last_due) AS late,
    count(*) FILTER (NOT is_deleted AND overdue_now) AS overdue_now,
    count(*) FILTER (NOT is_deleted AND due_date_slippage_s > 0) AS postponed,
    count(*) FILTER (NOT is_deleted AND late_postponements > 0) AS late_postponed,
    quantile_cont(due_date_slippage_s, 0.5) FILTER (NOT is_deleted AND due_date_changes > 0)
        AS slippage_p50_s,
    quantile_cont(lateness_s, 0.5) FILTER (NOT is_deleted AND lateness_s > 0) AS lateness_p50_s,
    count(*) FILTER (is_deleted) AS tickets_excluded
FROM chosen
GROUP BY org_id
ORDER BY org_id
