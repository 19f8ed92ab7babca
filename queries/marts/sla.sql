/*---
title = "Every promise of the SLA policies: kept, broken, or still open"
grain = "one row per SLA policy, ticket and instance that had a target; none without a file of policies"
like = "sla"

[columns]
priority_at_activation = { type = "INTEGER", help = "priority when it began; 0 none" }
activated_on = { type = "DATE", help = "local date of activated_at" }
activated_hour = { type = "INTEGER", help = "local hour of activated_at, 0 to 23" }
ended_on = { type = "DATE", help = "local date of ended_at" }
ended_hour = { type = "INTEGER", help = "local hour of ended_at" }
due_on = { type = "DATE", help = "local date of due_date" }
due_hour = { type = "INTEGER", help = "local hour of due_date" }
breach_on = { type = "DATE", help = "local date of breach_at" }
breach_hour = { type = "INTEGER", help = "local hour of breach_at" }
---*/
SELECT
    * REPLACE (priority_at_activation::INTEGER AS priority_at_activation),
    activated_at::DATE AS activated_on,
    hour(activated_at)::INTEGER AS activated_hour,
    ended_at::DATE AS ended_on,
    hour(ended_at)::INTEGER AS ended_hour,
    due_date::DATE AS due_on,
    hour(due_date)::INTEGER AS due_hour,
    breach_at::DATE AS breach_on,
    hour(breach_at)::INTEGER AS breach_hour
FROM sla
ORDER BY org_id, ticket_id, policy, instance
