/*---
title = "The values by which tickets can be chosen, also those that no ticket has any more"
grain = "one row per parameter and value"
internal = true
---*/
CREATE OR REPLACE VIEW filter_values AS
WITH versions AS (
    FROM ticket_history
)
SELECT DISTINCT 'org_id' AS parameter, org_id AS value
FROM ledger_events
UNION ALL
SELECT DISTINCT 'assignee', coalesce(assignee, '')
FROM versions
UNION ALL
SELECT DISTINCT 'priority', coalesce(priority, 0)::VARCHAR
FROM versions
UNION ALL
SELECT DISTINCT 'label', unnest(labels)
FROM versions
UNION ALL
SELECT DISTINCT 'property', unnest(property_texts(custom_properties))
FROM versions
