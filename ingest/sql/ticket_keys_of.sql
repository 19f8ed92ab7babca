-- The stored key list of a ticket: the columns that were present, null or not.
CREATE OR REPLACE MACRO ticket_keys_of(t, chat_id, is_deleted) AS
',' || coalesce(nullif(concat_ws(',',
        CASE WHEN t.assigned_by IS NOT NULL THEN 'assigned_by' END,
        CASE WHEN t.assignee IS NOT NULL THEN 'assignee' END,
        CASE WHEN chat_id IS NOT NULL THEN 'chat_id' END,
        CASE WHEN t.closed_at IS NOT NULL THEN 'closed_at' END,
        CASE WHEN t.closed_by IS NOT NULL THEN 'closed_by' END,
        CASE WHEN t.closed_message IS NOT NULL THEN 'closed_message' END,
        CASE WHEN t.created_at IS NOT NULL THEN 'created_at' END,
        CASE WHEN t.ticket_custom_properties IS NOT NULL THEN 'custom_properties' END,
        CASE WHEN t.due_date IS NOT NULL THEN 'due_date' END,
        CASE WHEN t.first_assigned_at IS NOT NULL THEN 'first_assigned_at' END,
        CASE WHEN is_deleted IS NOT NULL THEN 'is_deleted' END,
        CASE WHEN t.ticket_labels IS NOT NULL THEN 'labels' END,
        CASE WHEN t.priority IS NOT NULL THEN 'priority' END,
        CASE WHEN t.quoted_message_id IS NOT NULL THEN 'quoted_message_id' END,
        CASE WHEN t.raised_by IS NOT NULL THEN 'raised_by' END,
        CASE WHEN t.status IS NOT NULL THEN 'status' END,
        CASE WHEN t.subject IS NOT NULL THEN 'subject' END
), '') || ',', '')
