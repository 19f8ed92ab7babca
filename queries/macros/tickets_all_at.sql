/*---
title = "Every ticket as it was at an instant, deleted ones included"
---*/
-- With hindsight: a ticket whose first event came later is there from its creation on, in the state
-- that event tells of. The session's `as_of` knows no later events.
CREATE OR REPLACE MACRO tickets_all_at(as_of) AS TABLE
SELECT
    org_id,
    ticket_id,
    state.chat_id AS chat_id,
    state.status AS status,
    state.subject AS subject,
    state.priority AS priority,
    state.assignee AS assignee,
    state.assigned_by AS assigned_by,
    state.raised_by AS raised_by,
    state.created_at AS created_at,
    state.due_date AS due_date,
    state.closed_at AS closed_at,
    state.closed_by AS closed_by,
    state.closed_message AS closed_message,
    state.first_assigned_at AS first_assigned_at,
    state.quoted_message_id AS quoted_message_id,
    state.labels AS labels,
    state.custom_properties AS custom_properties,
    state.is_deleted AS is_deleted,
    deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count
FROM ticket_moments
WHERE starts_at <= as_of
QUALIFY row_number() OVER (PARTITION BY org_id, ticket_id ORDER BY seq DESC, part DESC) = 1
