/*---
title = "Act on these first"
question = "Which unresolved tickets need somebody now, and why?"
grain = "one row per unresolved ticket with a reason; most reasons first, then by priority, then the longest waiting, then the oldest"
key = ["org_id", "ticket_id"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
reasons = { type = "VARCHAR", help = "of: promise broken, overdue, customer waits or (there is no message of theirs) no reply yet, nobody assigned" }
reason_count = { type = "BIGINT", help = "how many of them" }
status = { type = "VARCHAR", help = "status of the ticket" }
priority = { type = "SMALLINT", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
assignee = { type = "VARCHAR", help = "who works on it; NULL = nobody" }
age_s = { type = "DOUBLE", unit = "s", help = "since the creation" }
waiting_s = { type = "DOUBLE", unit = "s", help = "since the creation without a first reply, or since the customer's message that waits; NULL = neither" }
overdue_s = { type = "DOUBLE", unit = "s", help = "since the due date; NULL = none, or not yet" }
broken_promises = { type = "BIGINT", help = "promises of SLA policies that are open and too late" }
next_breach_at = { type = "TIMESTAMP WITH TIME ZONE", help = "when the next promise will be broken; NULL = none runs" }
---*/
WITH active AS (
    SELECT
        t.*,
        w.waiting_us,
        w.has_asked,
        greatest(microseconds_between(t.born_at, $as_of::TIMESTAMPTZ), 0) AS age_us,
        CASE
            WHEN t.due_date < $as_of::TIMESTAMPTZ
            THEN microseconds_between(t.due_date, $as_of::TIMESTAMPTZ)
        END AS overdue_us,
        coalesce(p.broken_promises, 0) AS broken_promises,
        p.next_breach_at
    FROM tickets_active AS t
    LEFT JOIN ticket_waits_open AS w ON w.org_id = t.org_id AND w.ticket_id = t.ticket_id
    LEFT JOIN ticket_promises AS p ON p.org_id = t.org_id AND p.ticket_id = t.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = t.org_id AND l.ticket_id = t.ticket_id
    WHERE ($org_id::VARCHAR IS NULL OR t.org_id = $org_id)
),
judged AS (
    SELECT
        *,
        list_filter(
            [
                CASE WHEN broken_promises > 0 THEN 'promise broken' END,
                CASE WHEN overdue_us IS NOT NULL THEN 'overdue' END,
                CASE
                    WHEN has_asked THEN 'customer waits'
                    WHEN waiting_us IS NOT NULL THEN 'no reply yet'
                END,
                CASE WHEN assignee IS NULL THEN 'nobody assigned' END
            ],
            lambda reason: reason IS NOT NULL
        ) AS found
    FROM active
)
SELECT
    org_id,
    ticket_id,
    array_to_string(found, ', ') AS reasons,
    len(found) AS reason_count,
    status,
    priority,
    assignee,
    age_us / 1e6 AS age_s,
    waiting_us / 1e6 AS waiting_s,
    overdue_us / 1e6 AS overdue_s,
    broken_promises,
    next_breach_at
FROM judged
WHERE found <> []
ORDER BY
    org_id,
    reason_count DESC,
    coalesce(priority, 0) DESC,
    coalesce(greatest(waiting_us, overdue_us), 0) DESC,
    age_us DESC,
    ticket_id
