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
        || if_unreported('assigned_by', sum(moved_assigned_by), sum(broken_assigned_by))
        || if_unreported('assignee', sum(moved_assignee), sum(broken_assignee))
        || if_unreported('chat_id', sum(moved_chat_id), sum(broken_chat_id))
        || if_unreported('closed_at', sum(moved_closed_at), sum(broken_closed_at))
        || if_unreported('closed_by', sum(moved_closed_by), sum(broken_closed_by))
        || if_unreported('closed_message', sum(moved_closed_message), sum(broken_closed_message))
        || if_unreported('created_at', sum(moved_created_at), sum(broken_created_at))
        || if_unreported('custom_properties', sum(moved_custom_properties), sum(broken_custom_properties))
        || if_unreported('due_date', sum(moved_due_date), sum(broken_due_date))
        || if_unreported('first_assigned_at', sum(moved_first_assigned_at), sum(broken_first_assigned_at))
        || if_unreported('is_deleted', sum(moved_is_deleted), sum(broken_is_deleted))
        || if_unreported('labels', sum(moved_labels), sum(broken_labels))
        || if_unreported('priority', sum(moved_priority), sum(broken_priority))
        || if_unreported('quoted_message_id', sum(moved_quoted_message_id), sum(broken_quoted_message_id))
        || if_unreported('raised_by', sum(moved_raised_by), sum(broken_raised_by))
        || if_unreported('status', sum(moved_status), sum(broken_status))
        || if_unreported('subject', sum(moved_subject), sum(broken_subject)) AS unreported
FROM ticket_habits
GROUP BY org_id
