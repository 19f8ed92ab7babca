/*---
title = "Who created a ticket or changed its status or priority by the audit log"
grain = "one row per ticket, version and field that a row of the audit log tells of"
internal = true
kept = true
---*/
-- A row of the log tells of the same change within five seconds, the nearest one if there are more.
CREATE OR REPLACE VIEW audited_actors AS
SELECT
    c.org_id,
    c.ticket_id,
    c.version,
    c.field,
    arg_min(
        a.actor, (abs(epoch_us(a.event_at) - epoch_us(c.moved_at)), a.event_id)
    ) AS actor
FROM ticket_acts AS c
JOIN audit_rows AS a
    ON a.org_id = c.org_id
    AND a.ticket_id = c.ticket_id
    AND a.event_at >= c.moved_at - INTERVAL 5 SECONDS
    AND a.event_at <= c.moved_at + INTERVAL 5 SECONDS
    AND CASE c.field
        WHEN 'creation' THEN a.event_type = 'ticket.created'
        WHEN 'status'
        THEN has(a.before_keys, 'status') AND a.status IS NOT DISTINCT FROM c.status
            AND a.status_before IS DISTINCT FROM a.status  -- not spelled otherwise alone
        ELSE has(a.before_keys, 'priority') AND a.priority IS NOT DISTINCT FROM c.priority
    END
GROUP BY c.org_id, c.ticket_id, c.version, c.field
