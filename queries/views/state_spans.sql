/*---
title = "The spans of time of the metrics about states: how long a ticket was in each, held by whom, waiting for whom"
grain = "one row per ticket, metric and span"
internal = true
---*/
-- As in `metric_spans`.
CREATE OR REPLACE VIEW state_spans AS
WITH states AS (
    SELECT org_id, ticket_id, 'status_time' AS metric, status AS value, visit AS instance, began,
        ended
    FROM ticket_spans
    UNION ALL
    SELECT org_id, ticket_id, 'assignee_time', assignee, hold, began, ended
    FROM ticket_holds
    UNION ALL
    SELECT org_id, ticket_id, 'active_time',
        CASE WHEN is_on_hold THEN 'on_hold' ELSE 'not_on_hold' END, stretch, began, ended
    FROM ticket_active_times
    UNION ALL
    SELECT org_id, ticket_id, 'wait_time', side, wait, began, ended
    FROM ticket_waits
)
SELECT
    s.org_id,
    s.ticket_id,
    s.metric,
    s.value,
    s.instance,
    true AS is_state,
    NULL::VARCHAR AS outcome,
    not_before(s.began, b.born) AS began,
    s.ended
FROM states AS s
JOIN ticket_milestones AS b ON b.org_id = s.org_id AND b.ticket_id = s.ticket_id
