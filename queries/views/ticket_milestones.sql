/*---
title = "The instants of each ticket that its durations run between"
grain = "one row per ticket; each milestone as `told_at`, NULL when it did not happen"
internal = true
kept = true
---*/
-- What happened first may have happened before the first event, when that is not the creation: then
-- it has no earliest instant but the creation's. Where a duration begins is not before the creation.
-- Nobody works on a deleted ticket, whatever status and assignee it is told to have.
CREATE OR REPLACE VIEW ticket_milestones AS
WITH moves AS (
    SELECT
        *,
        place <> 'deleted'
            AND holder IS NOT NULL
            AND live_holder_before IS DISTINCT FROM holder AS is_assignment,
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
        arg_min(told, version) FILTER (status = 'inprogress' AND place <> 'deleted')
            AS first_in_progress,
        arg_max(told, version) FILTER (
            place IN ('removed', 'deleted') AND place_before NOT IN ('removed', 'deleted')
        ) AS removed
    FROM moves
    GROUP BY org_id, ticket_id
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
    not_before(
        CASE WHEN b.is_seen THEN f.first_assigned ELSE since_birth(f.first_assigned, b.born) END,
        b.born
    ) AS first_assigned,
    not_before(f.last_assigned, b.born) AS last_assigned,
    not_before(
        CASE
            WHEN b.is_seen THEN f.first_in_progress
            ELSE since_birth(f.first_in_progress, b.born)
        END,
        b.born
    ) AS first_in_progress,
    CASE WHEN f.place IN ('removed', 'deleted') THEN f.removed END AS removed
FROM found AS f
JOIN ticket_births AS b ON b.org_id = f.org_id AND b.ticket_id = f.ticket_id
