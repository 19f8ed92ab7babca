/*---
title = "The spans of time of the metrics about reaching something"
grain = "one row per ticket, metric and span"
internal = true
---*/
-- As in `metric_spans`.
CREATE OR REPLACE VIEW reach_spans AS
WITH lives AS MATERIALIZED (
    FROM ticket_milestones
),
reached AS ( -- not by `unnest`: so the database passes over the metrics nobody asks for
    SELECT
        org_id,
        ticket_id,
        removed,
        'first_resolution_time' AS metric,
        born AS began,
        first_resolved AS ended
    FROM lives
    UNION ALL
    SELECT org_id, ticket_id, removed, 'full_resolution_time', born, now_resolved
    FROM lives
    UNION ALL
    SELECT org_id, ticket_id, removed, 'last_resolution_time', born, last_resolved
    FROM lives
    UNION ALL
    SELECT org_id, ticket_id, removed, 'lead_time', born, finally_resolved
    FROM lives
    UNION ALL
    SELECT org_id, ticket_id, removed, 'cycle_time', first_in_progress, finally_resolved
    FROM lives
    UNION ALL
    SELECT org_id, ticket_id, removed, 'time_to_first_assignment', born, first_assigned
    FROM lives
    UNION ALL
    SELECT org_id, ticket_id, removed, 'first_assignment_to_resolution', first_assigned, last_resolved
    FROM lives
    WHERE last_resolved IS NULL OR last_assigned IS NOT NULL -- else it was assigned afterwards
    UNION ALL
    SELECT org_id, ticket_id, removed, 'last_assignment_to_resolution', last_assigned, last_resolved
    FROM lives
    UNION ALL
    SELECT org_id, ticket_id, removed, 'unsolved_ticket_age', born, NULL
    FROM lives
    WHERE place = 'active'
),
questions AS MATERIALIZED (
    FROM ticket_questions
),
turns AS (
    SELECT
        *,
        lead(told_exactly(since, event_id)) OVER (
            PARTITION BY org_id, ticket_id ORDER BY turn
        ) AS reply
    FROM ticket_turns
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
    m.org_id,
    m.ticket_id,
    'first_reply_time' AS metric,
    NULL::VARCHAR AS value,
    1::BIGINT AS instance,
    false AS is_state,
    outcome_of(r.first_reply, m.removed) AS outcome,
    m.born AS began,
    coalesce(r.first_reply, m.removed) AS ended
FROM lives AS m
LEFT JOIN ticket_replies AS r ON r.org_id = m.org_id AND r.ticket_id = m.ticket_id
UNION ALL BY NAME
SELECT
    m.org_id,
    m.ticket_id,
    'time_to_ticket' AS metric,
    1 AS instance,
    false AS is_state,
    'fulfil' AS outcome,
    q.quoted AS began,
    m.born AS ended
FROM lives AS m
JOIN questions AS q ON q.org_id = m.org_id AND q.ticket_id = m.ticket_id
UNION ALL BY NAME
SELECT
    m.org_id,
    m.ticket_id,
    'customer_first_response_time' AS metric,
    1 AS instance,
    false AS is_state,
    outcome_of(q.response, m.removed) AS outcome,
    q.quoted AS began,
    coalesce(q.response, m.removed) AS ended
FROM lives AS m
JOIN questions AS q ON q.org_id = m.org_id AND q.ticket_id = m.ticket_id
UNION ALL BY NAME
SELECT
    t.org_id,
    t.ticket_id,
    'next_reply_time' AS metric,
    row_number() OVER (PARTITION BY t.org_id, t.ticket_id ORDER BY t.turn) AS instance,
    false AS is_state,
    outcome_of(t.reply, m.removed) AS outcome,
    told_exactly(t.since, t.event_id) AS began,
    coalesce(t.reply, m.removed) AS ended
FROM turns AS t
JOIN lives AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
WHERE NOT t.is_agent
    AND t.since <= coalesce(m.finally_resolved.instant, 'infinity'::TIMESTAMPTZ)
