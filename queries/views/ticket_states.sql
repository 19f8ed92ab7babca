/*---
title = "The state of each ticket after each of its events"
grain = "one row per event"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_states AS
WITH marked AS (
    SELECT
        *,
        coalesce(is_deleted.v, false) AS deleted,
        coalesce(lag(is_deleted.v) OVER in_order, false) AS deleted_before
    FROM ticket_folds
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY seq)
)
SELECT
    org_id,
    ticket_id,
    chat_id.v AS chat_id,
    status.v AS status,
    subject.v AS subject,
    priority.v AS priority,
    assignee.v AS assignee,
    assigned_by.v AS assigned_by,
    raised_by.v AS raised_by,
    created_at.v AS created_at,
    due_date.v AS due_date,
    closed_at.v AS closed_at,
    closed_by.v AS closed_by,
    closed_message.v AS closed_message,
    first_assigned_at.v AS first_assigned_at,
    quoted_message_id.v AS quoted_message_id,
    labels.v AS labels,
    custom_properties.v AS custom_properties,
    deleted AS is_deleted,
    CASE
        WHEN deleted
        THEN max(CASE WHEN NOT deleted_before AND deleted THEN event_at END) OVER so_far
    END AS deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count,
    seq,
    event_at,
    event_id,
    CASE
        WHEN form = 'snapshot' THEN 'snapshot'
        WHEN before_keys IS NULL THEN 'image'
        ELSE 'both'
    END AS evidence
FROM marked
WINDOW so_far AS (
    PARTITION BY org_id, ticket_id ORDER BY seq ROWS UNBOUNDED PRECEDING
)
