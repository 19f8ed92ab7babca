/*---
title = "Who created each ticket, and who changed its status and its priority, where anything tells"
grain = "one row per ticket, version and field that changed with it: creation, status or priority"
internal = true
---*/
-- A closing tells who closed it, a creation who raised it. Of other changes only rows of the audit
-- log tell: one of the same change within five seconds.
CREATE OR REPLACE VIEW ticket_actors AS
WITH audits AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        event_at,
        event_type,
        ticket_before_keys AS before_keys,
        ticket.status AS status,
        ticket.priority AS priority,
        envelope::JSON ->> '$.performed_by' AS actor
    FROM ledger_events
    WHERE form = 'audit_log' AND object_type = 'ticket'
),
changed AS (
    SELECT
        m.org_id,
        m.ticket_id,
        m.version,
        m.moved_at,
        m.status,
        m.priority,
        unnest(list_filter([
            CASE WHEN m.version = 1 THEN 'creation' END,
            CASE WHEN m.version > 1 AND m.status_before IS DISTINCT FROM m.status THEN 'status' END,
            CASE
                WHEN m.version > 1 AND m.priority_before IS DISTINCT FROM m.priority
                THEN 'priority'
            END
        ], lambda field: field IS NOT NULL)) AS field,
        CASE
            WHEN m.version = 1 THEN t.raised_by
            WHEN m.is_resolution THEN m.closed_by
        END AS said
    FROM ticket_moves AS m
    JOIN tickets_all AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
),
audited AS (
    SELECT
        c.org_id,
        c.ticket_id,
        c.version,
        c.field,
        arg_min(
            a.actor, (abs(epoch_us(a.event_at) - epoch_us(c.moved_at)), a.event_id)
        ) AS actor
    FROM changed AS c
    JOIN audits AS a
        ON a.org_id = c.org_id
        AND a.ticket_id = c.ticket_id
        AND a.event_at >= c.moved_at - INTERVAL 5 SECONDS
        AND a.event_at <= c.moved_at + INTERVAL 5 SECONDS
        AND CASE c.field
            WHEN 'creation' THEN a.event_type = 'ticket.created'
            WHEN 'status'
            THEN has(a.before_keys, 'status') AND a.status IS NOT DISTINCT FROM c.status
            ELSE has(a.before_keys, 'priority') AND a.priority IS NOT DISTINCT FROM c.priority
        END
    WHERE a.actor <> ''
    GROUP BY c.org_id, c.ticket_id, c.version, c.field
)
SELECT
    c.org_id,
    c.ticket_id,
    c.version,
    c.field,
    coalesce(CASE WHEN c.field <> 'priority' THEN nullif(c.said, '') END, a.actor) AS actor
FROM changed AS c
LEFT JOIN audited AS a
    ON a.org_id = c.org_id
    AND a.ticket_id = c.ticket_id
    AND a.version = c.version
    AND a.field = c.field
