/*---
title = "The tickets of an organisation that are not of an assignee, priority, label and property, as of as_of; NULL asks for nothing"
internal = true
---*/
-- An empty assignee is nobody, priority 0 is none, a label is spelt as the ledger keeps it, a property
-- is NAME=VALUE, its value as text. Where none of these is asked for, none is left out: the database
-- knows that without a look, so an anti join is free then, while a join with the chosen ones reads all.
CREATE OR REPLACE MACRO left_out_tickets(of_org, of_assignee, of_priority, of_label, of_property) AS TABLE
SELECT org_id, ticket_id
FROM tickets_all
WHERE (of_org::VARCHAR IS NULL OR org_id = of_org)
    AND NOT (
        (of_assignee::VARCHAR IS NULL OR coalesce(assignee, '') = of_assignee)
        AND (of_priority::BIGINT IS NULL OR coalesce(priority, 0) = of_priority)
        AND (of_label::VARCHAR IS NULL OR coalesce(list_contains(labels, of_label), false))
        AND (
            of_property::VARCHAR IS NULL
            OR coalesce(list_contains(property_texts(custom_properties), of_property), false)
        )
    )
