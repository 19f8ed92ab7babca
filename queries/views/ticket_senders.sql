/*---
title = "How each organisation's sender reports old values, learned from its own events"
grain = "one row per organisation"
kept = true

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
trusts_empty = { type = "BOOLEAN", help = "`{}` as previous_attributes means that nothing changed" }
reads_keys = { type = "BOOLEAN", help = "custom properties are declared by their changed keys, not as the whole map" }
adds_silently = { type = "BOOLEAN", help = "custom properties that are new are not declared as null" }
unreported = { type = "VARCHAR", help = "fields that change without being declared, as `,a,b,`; they raise no alarm" }
---*/
CREATE OR REPLACE VIEW ticket_senders AS
SELECT
    org_id,
    sum(empties) >= 3 AND 10 * sum(empties_moved) <= sum(empties) AS trusts_empty,
    sum(changed_keys) > sum(whole_maps) AS reads_keys,
    sum(additions_untold) > sum(additions_told) AS adds_silently,
    ','
        || CASE WHEN sum(broken_assigned_by) >= 3 AND 10 * sum(broken_assigned_by) >= 9 * sum(moved_assigned_by) THEN 'assigned_by,' ELSE '' END
        || CASE WHEN sum(broken_assignee) >= 3 AND 10 * sum(broken_assignee) >= 9 * sum(moved_assignee) THEN 'assignee,' ELSE '' END
        || CASE WHEN sum(broken_chat_id) >= 3 AND 10 * sum(broken_chat_id) >= 9 * sum(moved_chat_id) THEN 'chat_id,' ELSE '' END
        || CASE WHEN sum(broken_closed_at) >= 3 AND 10 * sum(broken_closed_at) >= 9 * sum(moved_closed_at) THEN 'closed_at,' ELSE '' END
        || CASE WHEN sum(broken_closed_by) >= 3 AND 10 * sum(broken_closed_by) >= 9 * sum(moved_closed_by) THEN 'closed_by,' ELSE '' END
        || CASE WHEN sum(broken_closed_message) >= 3 AND 10 * sum(broken_closed_message) >= 9 * sum(moved_closed_message) THEN 'closed_message,' ELSE '' END
        || CASE WHEN sum(broken_created_at) >= 3 AND 10 * sum(broken_created_at) >= 9 * sum(moved_created_at) THEN 'created_at,' ELSE '' END
        || CASE WHEN sum(broken_custom_properties) >= 3 AND 10 * sum(broken_custom_properties) >= 9 * sum(moved_custom_properties) THEN 'custom_properties,' ELSE '' END
        || CASE WHEN sum(broken_due_date) >= 3 AND 10 * sum(broken_due_date) >= 9 * sum(moved_due_date) THEN 'due_date,' ELSE '' END
        || CASE WHEN sum(broken_first_assigned_at) >= 3 AND 10 * sum(broken_first_assigned_at) >= 9 * sum(moved_first_assigned_at) THEN 'first_assigned_at,' ELSE '' END
        || CASE WHEN sum(broken_is_deleted) >= 3 AND 10 * sum(broken_is_deleted) >= 9 * sum(moved_is_deleted) THEN 'is_deleted,' ELSE '' END
        || CASE WHEN sum(broken_labels) >= 3 AND 10 * sum(broken_labels) >= 9 * sum(moved_labels) THEN 'labels,' ELSE '' END
        || CASE WHEN sum(broken_priority) >= 3 AND 10 * sum(broken_priority) >= 9 * sum(moved_priority) THEN 'priority,' ELSE '' END
        || CASE WHEN sum(broken_quoted_message_id) >= 3 AND 10 * sum(broken_quoted_message_id) >= 9 * sum(moved_quoted_message_id) THEN 'quoted_message_id,' ELSE '' END
        || CASE WHEN sum(broken_raised_by) >= 3 AND 10 * sum(broken_raised_by) >= 9 * sum(moved_raised_by) THEN 'raised_by,' ELSE '' END
        || CASE WHEN sum(broken_status) >= 3 AND 10 * sum(broken_status) >= 9 * sum(moved_status) THEN 'status,' ELSE '' END
        || CASE WHEN sum(broken_subject) >= 3 AND 10 * sum(broken_subject) >= 9 * sum(moved_subject) THEN 'subject,' ELSE '' END AS unreported
FROM ticket_habits
GROUP BY org_id
