/*---
title = "The instants of each ticket that its durations run between"
grain = "one row per ticket; each milestone as `told_at`, NULL when it did not happen"
internal = true
kept = true
---*/
-- What happened first may have happened before the first event, when that is not the creation: then
-- it has no earliest instant but the creation's.
CREATE OR REPLACE VIEW ticket_milestones AS
WITH visible AS MATERIALIZED (
    SELECT org_id, chat_id, message_id, unique_id, sent_at, is_agent, event_id
    FROM agent_messages
),
moves AS (
    SELECT
        *,
        holder IS NOT NULL AND holder_before IS DISTINCT FROM holder AS is_assignment,
        max(CASE WHEN is_resolution THEN version END) OVER (PARTITION BY org_id, ticket_id)
            AS last_resolution
    FROM ticket_moves
),
found AS (
    SELECT
        org_id,
        ticket_id,
        arg_max(place, version) AS place,
        arg_max(place, version) FILTER (place NOT IN ('removed', 'deleted')) AS last_place,
        arg_min(told, version) FILTER (is_resolution) AS first_resolved,
        arg_max(told, version) FILTER (is_resolution) AS last_resolved,
        arg_min(told, version) FILTER (is_assignment) AS first_assigned,
        arg_max(told, version) FILTER (is_assignment AND version <= last_resolution)
            AS last_assigned,
        arg_min(told, version) FILTER (plain_status(status) = 'inprogress') AS first_in_progress,
        arg_max(told, version) FILTER (
            place IN ('removed', 'deleted') AND place_before NOT IN ('removed', 'deleted')
        ) AS removed
    FROM moves
    GROUP BY org_id, ticket_id
),
quoted AS (
    SELECT
        t.org_id,
        t.ticket_id,
        any_value(t.chat_id) AS chat_id,
        arg_min(m.is_agent, (m.sent_at, m.message_id)) AS is_agent,
        arg_min(told_exactly(m.sent_at, m.event_id), (m.sent_at, m.message_id))
            AS quoted
    FROM tickets_all AS t
    JOIN visible AS m ON m.org_id = t.org_id AND m.unique_id = t.quoted_message_id
    GROUP BY t.org_id, t.ticket_id
),
answers AS (
    SELECT org_id, chat_id, sent_at, min(event_id) AS event_id
    FROM visible
    WHERE is_agent
    GROUP BY org_id, chat_id, sent_at
),
responses AS (
    SELECT
        q.org_id,
        q.ticket_id,
        q.quoted,
        CASE
            WHEN a.sent_at IS NOT NULL AND NOT q.is_agent
            THEN told_exactly(a.sent_at, a.event_id)
        END AS response
    FROM quoted AS q
    ASOF LEFT JOIN answers AS a
        ON a.org_id = q.org_id AND a.chat_id = q.chat_id AND q.quoted.instant < a.sent_at
)
SELECT
    f.org_id,
    f.ticket_id,
    b.born,
    b.first_known_at,
    b.is_seen,
    f.place,
    CASE WHEN b.is_seen THEN f.first_resolved ELSE since_birth(f.first_resolved, b.born) END
        AS first_resolved,
    f.last_resolved,
    CASE WHEN f.place = 'resolved' THEN f.last_resolved END AS now_resolved,
    CASE WHEN f.last_place = 'resolved' THEN f.last_resolved END AS finally_resolved,
    CASE WHEN b.is_seen THEN f.first_assigned ELSE since_birth(f.first_assigned, b.born) END
        AS first_assigned,
    f.last_assigned,
    CASE WHEN b.is_seen THEN f.first_in_progress ELSE since_birth(f.first_in_progress, b.born) END
        AS first_in_progress,
    CASE WHEN f.place IN ('removed', 'deleted') THEN f.removed END AS removed,
    r.first_reply,
    q.quoted,
    q.response
FROM found AS f
JOIN ticket_births AS b ON b.org_id = f.org_id AND b.ticket_id = f.ticket_id
LEFT JOIN ticket_replies AS r ON r.org_id = f.org_id AND r.ticket_id = f.ticket_id
LEFT JOIN responses AS q ON q.org_id = f.org_id AND q.ticket_id = f.ticket_id
