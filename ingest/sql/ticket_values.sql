-- The extracted JSON values of a ticket by name; `v` is in the order of the paths in `extract_ticket`.
CREATE OR REPLACE MACRO ticket_values(v) AS {
    'assigned_by': v[1],
    'assignee': v[2],
    'closed_at': v[3],
    'closed_by': v[4],
    'closed_message': v[5],
    'created_at': v[6],
    'due_date': v[7],
    'first_assigned_at': v[8],
    'is_deleted': v[9],
    'org_id': v[10],
    'priority': v[11],
    'quoted_message_id': v[12],
    'raised_by': v[13],
    'status': v[14],
    'subject': v[15],
    'ticket_custom_properties': v[16],
    'ticket_id': v[17],
    'ticket_labels': v[18]
}
