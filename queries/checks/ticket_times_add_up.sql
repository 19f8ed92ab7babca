/*---
title = "The times of a ticket in all its statuses, in the archive or deleted in between, and unseen are its age"
grain = "one row per ticket of which that is not so"
---*/
WITH spent AS (
    SELECT org_id, ticket_id, sum(calendar_us) AS status_us
    FROM ticket_metric_values
    WHERE metric = 'status_time'
    GROUP BY org_id, ticket_id
),
absences AS (
    SELECT
        m.org_id,
        m.ticket_id,
        m.place IN ('removed', 'deleted') AS is_absent,
        greatest(m.moved_at, b.born_at) AS since,
        greatest(lead(m.moved_at) OVER in_order, b.born_at) AS until,
        lead(m.version) OVER in_order AS next_version
    FROM ticket_moves AS m
    JOIN ticket_births AS b ON b.org_id = m.org_id AND b.ticket_id = m.ticket_id
    WHERE m.version = 1
        OR (m.place IN ('removed', 'deleted')) <> (m.place_before IN ('removed', 'deleted'))
    WINDOW in_order AS (PARTITION BY m.org_id, m.ticket_id ORDER BY m.version)
),
absent AS (
    SELECT org_id, ticket_id, sum(microseconds_between(since, until)) AS absent_us
    FROM absences
    WHERE is_absent AND next_version IS NOT NULL
    GROUP BY org_id, ticket_id
),
ages AS (
    SELECT
        m.org_id,
        m.ticket_id,
        microseconds_between(m.born.instant, coalesce(m.removed.instant, a.instant)) AS age_us,
        microseconds_between(
            m.born.instant, least(m.first_known_at, coalesce(m.removed.instant, a.instant))
        ) AS unseen_us
    FROM ticket_milestones AS m
    CROSS JOIN asked_at AS a
)
SELECT
    g.org_id,
    g.ticket_id,
    g.age_us,
    g.unseen_us,
    coalesce(s.status_us, 0) AS status_us,
    coalesce(b.absent_us, 0) AS absent_us
FROM ages AS g
LEFT JOIN spent AS s ON s.org_id = g.org_id AND s.ticket_id = g.ticket_id
LEFT JOIN absent AS b ON b.org_id = g.org_id AND b.ticket_id = g.ticket_id
WHERE g.age_us <> g.unseen_us + coalesce(s.status_us, 0) + coalesce(b.absent_us, 0)
ORDER BY g.org_id, g.ticket_id
