/*---
title = "The spans of time that every metric is made of"
grain = "one row per ticket, metric and span"
internal = true
kept = true
---*/
-- A span of a metric about reaching something ends when it is reached, is cancelled when the ticket
-- is archived or deleted before, or runs. One of a state (`is_state`) lasts as long as the state.
-- Nothing but what led to the ticket counts before its creation.
CREATE OR REPLACE VIEW metric_spans AS
WITH lives AS MATERIALIZED (
    FROM ticket_milestones
),
reached AS (
    SELECT org_id, ticket_id, removed, unnest([
        {metric: 'first_reply_time', began: born, ended: first_reply},
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
        },
        {metric: 'time_to_ticket', began: quoted, ended: born},
        {metric: 'customer_first_response_time', began: quoted, ended: response}
    ], max_depth := 2)
    FROM lives
),
turns AS (
    SELECT
        *,
        lead(told_exactly(since, event_id)) OVER (
            PARTITION BY org_id, ticket_id ORDER BY turn
        ) AS reply
    FROM ticket_turns
),
spans AS (
    SELECT
        org_id,
        ticket_id,
        metric,
        NULL AS value,
        1 AS instance,
        false AS is_state,
        began,
        coalesce(ended, removed) AS ended,
        CASE
            WHEN ended IS NOT NULL THEN 'fulfil'
            WHEN removed IS NOT NULL THEN 'cancel'
        END AS outcome
    FROM reached
    WHERE began IS NOT NULL
    UNION ALL BY NAME
    SELECT
        t.org_id,
        t.ticket_id,
        'next_reply_time' AS metric,
        row_number() OVER (PARTITION BY t.org_id, t.ticket_id ORDER BY t.turn) AS instance,
        false AS is_state,
        told_exactly(t.since, t.event_id) AS began,
        coalesce(t.reply, m.removed) AS ended,
        CASE
            WHEN t.reply IS NOT NULL THEN 'fulfil'
            WHEN m.removed IS NOT NULL THEN 'cancel'
        END AS outcome
    FROM turns AS t
    JOIN lives AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
    WHERE NOT t.is_agent
        AND t.since <= coalesce(m.finally_resolved.instant, 'infinity'::TIMESTAMPTZ)
    UNION ALL BY NAME
    SELECT org_id, ticket_id, 'status_time' AS metric, status AS value, visit AS instance,
        true AS is_state, began, ended
    FROM ticket_spans
    UNION ALL BY NAME
    SELECT org_id, ticket_id, 'assignee_time' AS metric, assignee AS value, hold AS instance,
        true AS is_state, began, ended
    FROM ticket_holds
    UNION ALL BY NAME
    SELECT org_id, ticket_id, 'wait_time' AS metric, side AS value, wait AS instance,
        true AS is_state, began, ended
    FROM ticket_waits
)
SELECT
    s.org_id,
    s.ticket_id,
    s.metric,
    s.value,
    s.instance,
    s.is_state,
    s.outcome,
    CASE
        WHEN s.is_state AND s.began.instant < b.born.instant THEN b.born
        ELSE s.began
    END AS began,
    s.ended
FROM spans AS s
JOIN lives AS b ON b.org_id = s.org_id AND b.ticket_id = s.ticket_id
