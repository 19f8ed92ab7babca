/*---
title = "The last version of a ticket is its current state"
grain = "one row per ticket that differs"
---*/
WITH last_version AS (
    SELECT
        org_id,
        ticket_id,
        chat_id,
        status,
        subject,
        priority,
        assignee,
        assigned_by,
        raised_by,
        created_at,
        due_date,
        closed_at,
        closed_by,
        closed_message,
        first_assigned_at,
        quoted_message_id,
        labels,
        custom_properties,
        is_deleted
    FROM ticket_history
    WHERE valid_to IS NULL
),
present AS (
    SELECT
        org_id,
        ticket_id,
        chat_id,
        status,
        subject,
        priority,
        assignee,
        assigned_by,
        raised_by,
        created_at,
        due_date,
        closed_at,
        closed_by,
        closed_message,
        first_assigned_at,
        quoted_message_id,
        labels,
        custom_properties,
        is_deleted
    FROM tickets_all
)
SELECT DISTINCT org_id, ticket_id
FROM (
    (FROM last_version EXCEPT FROM present)
    UNION ALL
    (FROM present EXCEPT FROM last_version)
)
ORDER BY org_id, ticket_id
