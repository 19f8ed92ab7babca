/*---
title = "Labels that tickets carry now"
grain = "one row per ticket and label"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
label = { type = "VARCHAR", help = "label: trimmed, case-folded" }
added_at = { type = "TIMESTAMP WITH TIME ZONE", help = "event that put it on; NULL = it was there in the first known state" }
added_on = { type = "DATE", help = "local date of added_at" }
added_hour = { type = "INTEGER", help = "local hour of added_at, 0 to 23" }
---*/
WITH carried AS (
    SELECT org_id, ticket_id, unnest(labels) AS label
    FROM tickets_all
),
added AS (
    SELECT org_id, ticket_id, label, max(changed_at) AS added_at
    FROM ticket_label_changes
    WHERE action = 'added'
    GROUP BY org_id, ticket_id, label
)
SELECT
    c.org_id,
    c.ticket_id,
    c.label,
    a.added_at,
    a.added_at::DATE AS added_on,
    hour(a.added_at)::INTEGER AS added_hour
FROM carried AS c
LEFT JOIN added AS a
    ON a.org_id = c.org_id AND a.ticket_id = c.ticket_id AND a.label = c.label
ORDER BY org_id, ticket_id, label
