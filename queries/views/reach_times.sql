/*---
title = "The times that charts show: a page asks for them once for all its periods"
grain = "one row per ticket, metric and span"
internal = true
---*/
CREATE OR REPLACE VIEW reach_times AS
SELECT org_id, ticket_id, metric, outcome, calendar_us, low_us, high_us
FROM reach_measures
WHERE metric IN (
    'first_reply_time', 'next_reply_time', 'full_resolution_time', 'cycle_time', 'lead_time'
)
