/*---
title = "Every metric of every ticket, calendar and business time, and how sure each is"
grain = "one row per ticket, deleted ones included"
like = "ticket_metrics"

[columns]
priority = { type = "INTEGER", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
priority_at_creation = { type = "INTEGER", help = "first known priority" }
priority_at_resolution = { type = "INTEGER", help = "priority at the last closing" }
created_on = { type = "DATE", help = "local date of created_at" }
created_hour = { type = "INTEGER", help = "local hour of created_at, 0 to 23" }
first_resolved_on = { type = "DATE", help = "local date of first_resolved_at" }
first_resolved_hour = { type = "INTEGER", help = "local hour of first_resolved_at" }
last_resolved_on = { type = "DATE", help = "local date of last_resolved_at" }
last_resolved_hour = { type = "INTEGER", help = "local hour of last_resolved_at" }
resolved_on = { type = "DATE", help = "local date of resolved_at" }
resolved_hour = { type = "INTEGER", help = "local hour of resolved_at" }
original_due_on = { type = "DATE", help = "local date of original_due_date" }
original_due_hour = { type = "INTEGER", help = "local hour of original_due_date" }
due_on = { type = "DATE", help = "local date of due_date" }
due_hour = { type = "INTEGER", help = "local hour of due_date" }
---*/
SELECT
    * REPLACE (
        priority::INTEGER AS priority,
        priority_at_creation::INTEGER AS priority_at_creation,
        priority_at_resolution::INTEGER AS priority_at_resolution
    ),
    created_at::DATE AS created_on,
    hour(created_at)::INTEGER AS created_hour,
    first_resolved_at::DATE AS first_resolved_on,
    hour(first_resolved_at)::INTEGER AS first_resolved_hour,
    last_resolved_at::DATE AS last_resolved_on,
    hour(last_resolved_at)::INTEGER AS last_resolved_hour,
    resolved_at::DATE AS resolved_on,
    hour(resolved_at)::INTEGER AS resolved_hour,
    original_due_date::DATE AS original_due_on,
    hour(original_due_date)::INTEGER AS original_due_hour,
    due_date::DATE AS due_on,
    hour(due_date)::INTEGER AS due_hour
FROM ticket_metrics
ORDER BY org_id, ticket_id
