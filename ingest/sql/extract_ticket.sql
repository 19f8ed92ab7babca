-- The JSON values under the keys of TicketInfo's ticket, in sorted order; NULL where absent.
CREATE OR REPLACE MACRO extract_ticket(object) AS json_extract(object, [
    '$.assigned_by',
    '$.assignee',
    '$.closed_at',
    '$.closed_by',
    '$.closed_message',
    '$.created_at',
    '$.due_date',
    '$.first_assigned_at',
    '$.is_deleted',
    '$.org_id',
    '$.priority',
    '$.quoted_message_id',
    '$.raised_by',
    '$.status',
    '$.subject',
    '$.ticket_custom_properties',
    '$.ticket_id',
    '$.ticket_labels'
])::VARCHAR[]
