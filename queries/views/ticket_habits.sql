/*---
title = "How the sender of each ticket reported old values, counted"
grain = "one row per ticket"
internal = true
---*/
-- Counted where order is beyond doubt: at neighbours that are alone at their instants.
CREATE OR REPLACE VIEW ticket_habits AS
WITH placed AS (
    SELECT
        *,
        lag(image) OVER in_time AS former,
        lag(event_at) OVER in_time AS former_at,
        lag(event_at, 2) OVER in_time AS before_at,
        lead(event_at) OVER in_time AS next_at
    FROM ticket_images
    WINDOW in_time AS (PARTITION BY org_id, ticket_id ORDER BY event_at, rank, event_id)
),
links AS (
    SELECT
        *,
        is_link AND declares AS is_told,
        is_link AND previous_state = 'empty' AND rank = 1 AS is_empty,
        is_link AND declares AND former.custom_properties IS NOT NULL
        AND declared.custom_properties IS NOT NULL AND image.custom_properties IS NOT NULL
        AS tells_map
    FROM (
        SELECT
            *,
            NOT is_snapshot AND former_at < event_at
            AND before_at IS DISTINCT FROM former_at AND next_at IS DISTINCT FROM event_at
            AS is_link
        FROM placed
    )
)
SELECT
    org_id,
    ticket_id,
    count(*) FILTER (is_empty) AS empties,
    count(*) FILTER (
        is_empty AND (
            is_known_change(former.chat_id, NULL, image.chat_id)
            OR is_known_change(former.status, NULL, image.status)
            OR is_known_change(former.subject, NULL, image.subject)
            OR is_known_change(former.priority, NULL, image.priority)
            OR is_known_change(former.assignee, NULL, image.assignee)
            OR is_known_change(former.assigned_by, NULL, image.assigned_by)
            OR is_known_change(former.raised_by, NULL, image.raised_by)
            OR is_known_change(former.created_at, NULL, image.created_at)
            OR is_known_change(former.due_date, NULL, image.due_date)
            OR is_known_change(former.closed_at, NULL, image.closed_at)
            OR is_known_change(former.closed_by, NULL, image.closed_by)
            OR is_known_change(former.closed_message, NULL, image.closed_message)
            OR is_known_change(former.first_assigned_at, NULL, image.first_assigned_at)
            OR is_known_change(former.quoted_message_id, NULL, image.quoted_message_id)
            OR is_known_change(former.labels, NULL, image.labels)
            OR (former.custom_properties IS NOT NULL AND image.custom_properties IS NOT NULL AND NOT same_properties(former.custom_properties.v, image.custom_properties.v))
        )
    ) AS empties_moved,
    count(*) FILTER (
        CASE
            WHEN tells_map
            THEN same_properties(declared.custom_properties.v, former.custom_properties.v)
        END
    ) AS whole_maps,
    count(*) FILTER (
        CASE
            WHEN tells_map
            THEN entries_over(declared.custom_properties.v, image.custom_properties.v)
                = properties_of(former.custom_properties.v)
        END
    ) AS changed_keys,
    count(*) FILTER (
        CASE
            WHEN tells_map
            THEN len(
                list_filter(
                    added_keys(former.custom_properties.v, image.custom_properties.v),
                    lambda k: contains(json_keys(declared.custom_properties.v), k)
                        AND NOT contains(property_keys(declared.custom_properties.v), k)
                )
            ) > 0
        END
    ) AS additions_told,
    count(*) FILTER (
        CASE
            WHEN tells_map
            THEN NOT list_has_all(
                coalesce(json_keys(declared.custom_properties.v), []),
                added_keys(former.custom_properties.v, image.custom_properties.v)
            )
        END
    ) AS additions_untold,
    count(*) FILTER (is_told AND is_known_change(former.assigned_by, declared.assigned_by, image.assigned_by)) AS moved_assigned_by,
    count(*) FILTER (is_told AND is_known_change(former.assignee, declared.assignee, image.assignee)) AS moved_assignee,
    count(*) FILTER (is_told AND is_known_change(former.chat_id, declared.chat_id, image.chat_id)) AS moved_chat_id,
    count(*) FILTER (is_told AND is_known_change(former.closed_at, declared.closed_at, image.closed_at)) AS moved_closed_at,
    count(*) FILTER (is_told AND is_known_change(former.closed_by, declared.closed_by, image.closed_by)) AS moved_closed_by,
    count(*) FILTER (is_told AND is_known_change(former.closed_message, declared.closed_message, image.closed_message)) AS moved_closed_message,
    count(*) FILTER (is_told AND is_known_change(former.created_at, declared.created_at, image.created_at)) AS moved_created_at,
    count(*) FILTER (
        CASE
            WHEN is_told AND is_known_change(former.custom_properties, declared.custom_properties, image.custom_properties)
            THEN declared.custom_properties IS NOT NULL
                OR NOT same_properties(former.custom_properties.v, image.custom_properties.v)
        END
    ) AS moved_custom_properties,
    count(*) FILTER (is_told AND is_known_change(former.due_date, declared.due_date, image.due_date)) AS moved_due_date,
    count(*) FILTER (is_told AND is_known_change(former.first_assigned_at, declared.first_assigned_at, image.first_assigned_at)) AS moved_first_assigned_at,
    count(*) FILTER (is_told AND is_known_change(former.is_deleted, declared.is_deleted, image.is_deleted) AND rank < 2) AS moved_is_deleted,
    count(*) FILTER (is_told AND is_known_change(former.labels, declared.labels, image.labels)) AS moved_labels,
    count(*) FILTER (is_told AND is_known_change(former.priority, declared.priority, image.priority)) AS moved_priority,
    count(*) FILTER (is_told AND is_known_change(former.quoted_message_id, declared.quoted_message_id, image.quoted_message_id)) AS moved_quoted_message_id,
    count(*) FILTER (is_told AND is_known_change(former.raised_by, declared.raised_by, image.raised_by)) AS moved_raised_by,
    count(*) FILTER (is_told AND is_known_change(former.status, declared.status, image.status)) AS moved_status,
    count(*) FILTER (is_told AND is_known_change(former.subject, declared.subject, image.subject)) AS moved_subject,
    count(*) FILTER (is_told AND image.assigned_by IS NOT NULL AND is_broken(former.assigned_by, declared.assigned_by, image.assigned_by, false)) AS broken_assigned_by,
    count(*) FILTER (is_told AND image.assignee IS NOT NULL AND is_broken(former.assignee, declared.assignee, image.assignee, false)) AS broken_assignee,
    count(*) FILTER (is_told AND image.chat_id IS NOT NULL AND is_broken(former.chat_id, declared.chat_id, image.chat_id, false)) AS broken_chat_id,
    count(*) FILTER (is_told AND image.closed_at IS NOT NULL AND is_broken(former.closed_at, declared.closed_at, image.closed_at, false)) AS broken_closed_at,
    count(*) FILTER (is_told AND image.closed_by IS NOT NULL AND is_broken(former.closed_by, declared.closed_by, image.closed_by, false)) AS broken_closed_by,
    count(*) FILTER (is_told AND image.closed_message IS NOT NULL AND is_broken(former.closed_message, declared.closed_message, image.closed_message, false)) AS broken_closed_message,
    count(*) FILTER (is_told AND image.created_at IS NOT NULL AND is_broken(former.created_at, declared.created_at, image.created_at, false)) AS broken_created_at,
    count(*) FILTER (is_told AND image.custom_properties IS NOT NULL AND are_properties_broken(former.custom_properties, declared.custom_properties, image.custom_properties, false, false)) AS broken_custom_properties,
    count(*) FILTER (is_told AND image.due_date IS NOT NULL AND is_broken(former.due_date, declared.due_date, image.due_date, false)) AS broken_due_date,
    count(*) FILTER (is_told AND image.first_assigned_at IS NOT NULL AND is_broken(former.first_assigned_at, declared.first_assigned_at, image.first_assigned_at, false)) AS broken_first_assigned_at,
    count(*) FILTER (is_told AND image.is_deleted IS NOT NULL AND is_broken(former.is_deleted, declared.is_deleted, image.is_deleted, false) AND rank < 2) AS broken_is_deleted,
    count(*) FILTER (is_told AND image.labels IS NOT NULL AND is_broken(former.labels, declared.labels, image.labels, false)) AS broken_labels,
    count(*) FILTER (is_told AND image.priority IS NOT NULL AND is_broken(former.priority, declared.priority, image.priority, false)) AS broken_priority,
    count(*) FILTER (is_told AND image.quoted_message_id IS NOT NULL AND is_broken(former.quoted_message_id, declared.quoted_message_id, image.quoted_message_id, false)) AS broken_quoted_message_id,
    count(*) FILTER (is_told AND image.raised_by IS NOT NULL AND is_broken(former.raised_by, declared.raised_by, image.raised_by, false)) AS broken_raised_by,
    count(*) FILTER (is_told AND image.status IS NOT NULL AND is_broken(former.status, declared.status, image.status, false)) AS broken_status,
    count(*) FILTER (is_told AND image.subject IS NOT NULL AND is_broken(former.subject, declared.subject, image.subject, false)) AS broken_subject
FROM links
GROUP BY org_id, ticket_id
