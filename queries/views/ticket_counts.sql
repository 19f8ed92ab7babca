/*---
title = "How often each ticket was closed, reopened, handed on and made more urgent"
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_counts AS
WITH assignments AS (
    SELECT *
    FROM ticket_moves
    WHERE holder IS NOT NULL AND holder IS DISTINCT FROM holder_before
),
stations AS (
    SELECT *, lag(holder, 2) OVER (PARTITION BY org_id, ticket_id ORDER BY version) AS two_before
    FROM (
        SELECT *
        FROM assignments
        QUALIFY holder IS DISTINCT FROM
            lag(holder) OVER (PARTITION BY org_id, ticket_id ORDER BY version)
    )
),
returns AS (
    SELECT org_id, ticket_id, count(*) AS ping_pongs
    FROM stations
    WHERE holder = two_before
    GROUP BY org_id, ticket_id
),
counted AS (
    SELECT
        org_id,
        ticket_id,
        count(*) FILTER (is_resolution) AS resolutions,
        count(*) FILTER (place_before = 'resolved' AND place = 'active') AS reopens,
        count(*) FILTER (place_before = 'removed' AND place = 'active') AS unarchives,
        count(*) FILTER (holder IS NOT NULL AND holder IS DISTINCT FROM holder_before)
            AS assignee_stations,
        count(DISTINCT holder) AS unique_assignees,
        count(*) FILTER (holder <> holder_before) AS reassignments,
        count(*) FILTER (priority_before > 0 AND priority > priority_before)
            AS priority_escalations,
        arg_min(struct_pack(v := priority), version).v AS priority_at_creation,
        arg_max(struct_pack(v := priority), version) FILTER (is_resolution).v
            AS priority_at_resolution,
        arg_max(struct_pack(v := coalesce(nullif(closed_by, ''), holder)), version)
            FILTER (is_resolution).v AS closer
    FROM ticket_moves
    GROUP BY org_id, ticket_id
)
SELECT c.*, coalesce(r.ping_pongs, 0) AS ping_pongs
FROM counted AS c
LEFT JOIN returns AS r ON r.org_id = c.org_id AND r.ticket_id = c.ticket_id
