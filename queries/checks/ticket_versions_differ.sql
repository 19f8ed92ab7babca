/*---
title = "Every version of a ticket differs from the one before it"
grain = "one row per version that does not"
---*/
SELECT org_id, ticket_id, version
FROM (
    SELECT
        org_id,
        ticket_id,
        version,
        state = lag(state) OVER in_order AS is_same
    FROM (
        SELECT
            org_id,
            ticket_id,
            version,
            struct_pack(
                chat_id := chat_id,
                status := status,
                subject := subject,
                priority := priority,
                assignee := assignee,
                assigned_by := assigned_by,
                raised_by := raised_by,
                created_at := created_at,
                due_date := due_date,
                closed_at := closed_at,
                closed_by := closed_by,
                closed_message := closed_message,
                first_assigned_at := first_assigned_at,
                quoted_message_id := quoted_message_id,
                labels := labels,
                custom_properties := custom_properties,
                is_deleted := is_deleted
            ) AS state
        FROM ticket_history
    )
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY version)
)
WHERE is_same
ORDER BY org_id, ticket_id, version
