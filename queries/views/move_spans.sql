/*---
title = "The spans of time of the metrics that follow from where a ticket went"
grain = "one row per ticket, metric and span"
internal = true
---*/
-- As in `metric_spans`.
CREATE OR REPLACE VIEW move_spans AS
WITH lives AS MATERIALIZED (
    FROM ticket_milestones
),
reached AS (
    SELECT org_id, ticket_id, removed, unnest([
        {metric: 'first_resolution_time', began: born, ended: first_resolved},
        {metric: 'full_resolution_time', began: born, ended: now_resolved},
        {metric: 'last_resolution_time', began: born, ended: last_resolved},
        {metric: 'lead_time', began: born, ended: finally_resolved},
        {metric: 'cycle_time', began: first_in_progress, ended: finally_resolved},
        {metric: 'time_to_first_assignment', began: born, ended: first_assigned},
        {metric: 'first_assignment_to_resolution', began: first_assigned, ended: last_resolved},
        {metric: 'last_assignment_to_resolution', began: last_assigned, ended: last_resolved},
        {
            metric: 'unsolved_ticket_age',
            began: CASE WHEN place = 'active' THEN born END,
            ended: NULL
        }
    ], max_depth := 2)
    FROM lives
),
states AS (
    SELECT org_id, ticket_id, 'status_time' AS metric, status AS value, visit AS instance, began,
        ended
    FROM ticket_spans
    UNION ALL
    SELECT org_id, ticket_id, 'assignee_time', assignee, hold, began, ended
    FROM ticket_holds
    UNION ALL
    SELECT org_id, ticket_id, 'active_time', if(is_on_hold, 'on_hold', 'not_on_hold'), stretch,
        began, ended
    FROM ticket_active_times
)
SELECT
    org_id,
    ticket_id,
    metric,
    NULL::VARCHAR AS value,
    1::BIGINT AS instance,
    false AS is_state,
    outcome_of(ended, removed) AS outcome,
    began,
    coalesce(ended, removed) AS ended
FROM reached
WHERE began IS NOT NULL
UNION ALL BY NAME
SELECT
    s.org_id,
    s.ticket_id,
    s.metric,
    s.value,
    s.instance,
    true AS is_state,
    not_before(s.began, b.born) AS began,
    s.ended
FROM states AS s
JOIN lives AS b ON b.org_id = s.org_id AND b.ticket_id = s.ticket_id
