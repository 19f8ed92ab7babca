/*---
title = "How many of the chosen tickets of each organisation are deleted: what reports on all times leave out"
internal = true
---*/
CREATE OR REPLACE MACRO deleted_tickets(of_org, of_assignee, of_priority, of_label, of_property) AS TABLE
SELECT org_id, count(*) AS tickets_excluded
FROM tickets_all
ANTI JOIN left_out_tickets(of_org, of_assignee, of_priority, of_label, of_property)
    USING (org_id, ticket_id)
WHERE is_deleted AND (of_org::VARCHAR IS NULL OR org_id = of_org)
GROUP BY org_id
