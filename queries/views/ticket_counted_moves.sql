/*---
title = "Which counts of its ticket each move adds to"
grain = "one row per move and count"
internal = true
---*/
-- A ping-pong is a return to the assignee before the last, where stations of the same assignee in a
-- row are one. What is told of a deleted ticket counts nothing: what comes back is compared with what
-- it was before the deletion.
CREATE OR REPLACE VIEW ticket_counted_moves AS
WITH moves AS (
    SELECT
        org_id,
        ticket_id,
        version,
        told,
        live_status_before AS status_before,
        status,
        live_holder_before AS holder_before,
        holder,
        live_priority_before AS priority_before,
        priority,
        is_dated_resolution,
        is_reopen,
        is_unarchival
    FROM ticket_moves
    WHERE place <> 'deleted'
),
stations AS (
    SELECT
        org_id,
        ticket_id,
        version,
        lag(holder, 2) OVER (PARTITION BY org_id, ticket_id ORDER BY version) AS two_before
    FROM (
        SELECT *
        FROM moves
        WHERE holder IS NOT NULL AND holder IS DISTINCT FROM holder_before
        QUALIFY holder IS DISTINCT FROM
            lag(holder) OVER (PARTITION BY org_id, ticket_id ORDER BY version)
    )
),
named AS (
    SELECT
        m.*,
        unnest(
            list_filter(
                [
                    CASE WHEN m.is_dated_resolution THEN 'resolutions' END,
                    CASE WHEN m.is_reopen THEN 'reopens' END,
                    CASE WHEN m.is_unarchival THEN 'unarchives' END,
                    CASE
                        WHEN m.holder IS NOT NULL AND m.holder IS DISTINCT FROM m.holder_before
                        THEN 'assignee_stations'
                    END,
                    CASE WHEN m.holder <> m.holder_before THEN 'reassignments' END,
                    CASE WHEN s.two_before = m.holder THEN 'ping_pongs' END,
                    CASE
                        WHEN m.priority_before > 0 AND m.priority > m.priority_before
                        THEN 'priority_escalations'
                    END
                ],
                lambda name: name IS NOT NULL
            )
        ) AS name
    FROM moves AS m
    LEFT JOIN stations AS s
        ON s.org_id = m.org_id AND s.ticket_id = m.ticket_id AND s.version = m.version
)
SELECT org_id, ticket_id, version, name, told, status_before, status, holder_before, holder,
    priority_before, priority
FROM named
