/*---
title = "How often each ticket was closed, reopened, handed on and made more urgent"
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_counts AS
WITH moves AS (
    SELECT
        * REPLACE (nullif(assignee, '') AS assignee, nullif(assignee_before, '') AS assignee_before),
        place = 'resolved' AND place_before <> 'resolved' AS is_resolution
    FROM ticket_moves
),
assignments AS (
    SELECT *
    FROM moves
    WHERE assignee IS NOT NULL AND assignee IS DISTINCT FROM assignee_before
),
stations AS (
    SELECT *, lag(assignee, 2) OVER (PARTITION BY org_id, ticket_id ORDER BY version) AS two_before
    FROM (
        SELECT *
        FROM assignments
        QUALIFY assignee IS DISTINCT FROM
            lag(assignee) OVER (PARTITION BY org_id, ticket_id ORDER BY version)
    )
),
returns AS (
    SELECT org_id, ticket_id, count(*) AS ping_pongs
    FROM stations
    WHERE assignee = two_before
    GROUP BY org_id, ticket_id
),
counted AS (
    SELECT
        org_id,
        ticket_id,
        count(*) FILTER (is_resolution) AS resolutions,
        count(*) FILTER (place_before = 'resolved' AND place = 'active') AS reopens,
        count(*) FILTER (place_before = 'removed' AND place = 'active') AS unarchives,
        count(*) FILTER (assignee IS NOT NULL AND assignee IS DISTINCT FROM assignee_before)
            AS assignee_stations,
        count(DISTINCT assignee) AS unique_assignees,
        count(*) FILTER (assignee <> assignee_before) AS reassignments,
        count(*) FILTER (priority_before > 0 AND priority > priority_before)
            AS priority_escalations,
        arg_min(struct_pack(v := priority), version).v AS priority_at_creation,
        arg_max(struct_pack(v := priority), version) FILTER (is_resolution).v
            AS priority_at_resolution,
        arg_max(struct_pack(v := coalesce(nullif(closed_by, ''), assignee)), version)
            FILTER (is_resolution).v AS closer
    FROM moves
    GROUP BY org_id, ticket_id
)
SELECT c.*, coalesce(r.ping_pongs, 0) AS ping_pongs
FROM counted AS c
LEFT JOIN returns AS r ON r.org_id = c.org_id AND r.ticket_id = c.ticket_id
