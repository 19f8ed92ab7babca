/*---
title = "How long each ticket's customer has waited for an answer, and whether it is the first"
dear = true
grain = "one row per ticket that waits"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_waits_open AS
SELECT
    org_id,
    ticket_id,
    max(calendar_us) AS waiting_us,
    bool_or(metric = 'next_reply_time') AS has_asked
FROM reach_times
WHERE metric IN ('first_reply_time', 'next_reply_time') AND outcome = 'run'
GROUP BY org_id, ticket_id
