/*---
title = "The times that reports show"
dear = true
grain = "one row per ticket, metric and span"
internal = true
---*/
CREATE OR REPLACE VIEW reach_times AS
SELECT org_id, ticket_id, metric, outcome, calendar_us, business_us, low_us, high_us
FROM reach_measures
WHERE metric IN (
    'first_reply_time',
    'next_reply_time',
    'first_resolution_time',
    'full_resolution_time',
    'cycle_time',
    'lead_time'
)
