-- Whether every value of a ticket is of a kind the fast lane reads as the models do.
-- `t` is what `ticket_values` gives.
CREATE OR REPLACE MACRO is_plain_ticket(t) AS
    is_text(t.assigned_by)
    AND is_text(t.assignee)
    AND is_instant(t.closed_at)
    AND is_text(t.closed_by)
    AND is_text(t.closed_message)
    AND is_instant(t.created_at)
    AND is_instant(t.due_date)
    AND is_instant(t.first_assigned_at)
    AND is_flag(t.is_deleted)
    AND is_text(t.org_id)
    AND is_priority(t.priority)
    AND is_text(t.quoted_message_id)
    AND is_text(t.raised_by)
    AND is_text(t.status)
    AND is_text(t.subject)
    AND is_text(t.ticket_id)
    AND is_labels(t.ticket_labels)
    AND (t.ticket_custom_properties IS NULL
        OR t.ticket_custom_properties = 'null'
        OR starts_with(t.ticket_custom_properties, '{'))
