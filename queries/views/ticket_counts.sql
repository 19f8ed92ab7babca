/*---
title = "How often each ticket was closed, reopened, handed on and made more urgent"
dear = true
grain = "one row per ticket"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_counts AS
WITH counted AS (
    SELECT
        org_id,
        ticket_id,
        count(*) FILTER (name = 'resolutions') AS resolutions,
        count(*) FILTER (name = 'reopens') AS reopens,
        count(*) FILTER (name = 'unarchives') AS unarchives,
        count(*) FILTER (name = 'assignee_stations') AS assignee_stations,
        count(*) FILTER (name = 'reassignments') AS reassignments,
        count(*) FILTER (name = 'ping_pongs') AS ping_pongs,
        count(*) FILTER (name = 'priority_escalations') AS priority_escalations
    FROM ticket_counted_moves
    GROUP BY org_id, ticket_id
),
told AS (
    SELECT
        org_id,
        ticket_id,
        count(DISTINCT holder) FILTER (place <> 'deleted') AS unique_assignees,
        arg_min(struct_pack(v := priority), version).v AS priority_at_creation,
        arg_max(struct_pack(v := priority), version) FILTER (is_resolution).v
            AS priority_at_resolution,
        arg_max(struct_pack(v := coalesce(nullif(closed_by, ''), holder)), version)
            FILTER (is_resolution).v AS closer
    FROM ticket_moves
    GROUP BY org_id, ticket_id
)
SELECT
    t.*,
    coalesce(c.resolutions, 0) AS resolutions,
    coalesce(c.reopens, 0) AS reopens,
    coalesce(c.unarchives, 0) AS unarchives,
    coalesce(c.assignee_stations, 0) AS assignee_stations,
    coalesce(c.reassignments, 0) AS reassignments,
    coalesce(c.ping_pongs, 0) AS ping_pongs,
    coalesce(c.priority_escalations, 0) AS priority_escalations
FROM told AS t
LEFT JOIN counted AS c ON c.org_id = t.org_id AND c.ticket_id = t.ticket_id
