/*---
title = "Backlog now"
question = "What is unresolved, how old is it, and what of it needs somebody?"
grain = "one row per organisation, status, priority and assignee"
key = ["org_id", "status", "priority", "assignee"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
status = { type = "VARCHAR", help = "status, of the active ones" }
priority = { type = "SMALLINT", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
assignee = { type = "VARCHAR", help = "who works on them; NULL = nobody" }
tickets = { type = "BIGINT", help = "unresolved tickets" }
oldest_age_s = { type = "DOUBLE", unit = "s", help = "age of the oldest, since creation" }
median_age_s = { type = "DOUBLE", unit = "s", help = "median age" }
p90_age_s = { type = "DOUBLE", unit = "s", help = "age that nine of ten do not exceed" }
overdue_tickets = { type = "BIGINT", help = "due date has passed" }
unassigned_tickets = { type = "BIGINT", help = "nobody assigned" }
awaiting_reply_tickets = { type = "BIGINT", help = "the last message in the chat is the customer's" }
tickets_excluded = { type = "BIGINT", help = "of the whole organisation: active but deleted, or of unknown status" }
quality_share_exact = { type = "DOUBLE", help = "share of tickets whose creation is reported, not only bounded by their first event" }
---*/
WITH excluded AS (
    SELECT org_id, count(*) AS tickets_excluded
    FROM tickets_all
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE ($org_id::VARCHAR IS NULL OR org_id = $org_id)
        AND (
            (is_deleted AND status_class(status) = 'active')
            OR (NOT is_deleted AND status_class(status) = 'other')
        )
    GROUP BY org_id
),
backlog AS (
    SELECT *, microseconds_between(born_at, $as_of::TIMESTAMPTZ) AS age_us
    FROM tickets_active
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE ($org_id::VARCHAR IS NULL OR org_id = $org_id)
)
SELECT
    b.org_id,
    b.status,
    b.priority,
    b.assignee,
    count(*) AS tickets,
    max(b.age_us) / 1e6 AS oldest_age_s,
    quantile_cont(b.age_us, 0.5) / 1e6 AS median_age_s,
    quantile_cont(b.age_us, 0.9) / 1e6 AS p90_age_s,
    count(*) FILTER (b.due_date < $as_of::TIMESTAMPTZ) AS overdue_tickets,
    count(*) FILTER (b.assignee IS NULL) AS unassigned_tickets,
    count(*) FILTER (b.customer_spoke_last) AS awaiting_reply_tickets,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded,
    count(b.created_at) / count(*) AS quality_share_exact
FROM backlog AS b
LEFT JOIN excluded AS e ON e.org_id = b.org_id
GROUP BY b.org_id, b.status, b.priority, b.assignee
ORDER BY b.org_id, b.status, b.priority DESC NULLS LAST, b.assignee NULLS FIRST
