/*---
title = "Of tickets that were ever on hold: from when on they were so, or no longer"
grain = "one row per ticket, version and part; part 1 is a due date that came within a version"
internal = true
---*/
-- Whether the ticket was active then does not matter here. A due date ends a hold exactly unless it
-- is hidden when the version that has it began, or ended; one that came while the version may have
-- begun is a hold that may have been: it has bounds and no length.
CREATE OR REPLACE VIEW on_hold_points AS
WITH held AS MATERIALIZED (
    SELECT
        h.org_id,
        h.ticket_id,
        h.version,
        max(CASE WHEN r.is_until_due THEN h.due_date ELSE 'infinity'::TIMESTAMPTZ END) AS until
    FROM ticket_history AS h
    JOIN on_hold_rules AS r
        ON (r.priorities IS NULL OR list_contains(r.priorities, coalesce(h.priority, 0)))
        AND (r.labels IS NULL OR list_has_any(r.labels, h.labels))
        AND (r.org_ids IS NULL OR list_contains(r.org_ids, h.org_id))
        AND (r.statuses IS NULL OR list_contains(r.statuses, plain_status(h.status)))
        AND (
            r.properties IS NULL
            OR list_has_any(r.properties, property_texts(h.custom_properties))
        )
        AND (NOT r.is_until_due OR h.due_date IS NOT NULL)
    GROUP BY h.org_id, h.ticket_id, h.version
),
versions AS (
    SELECT
        h.org_id,
        h.ticket_id,
        h.version,
        h.valid_to,
        lead(coalesce(h.valid_from_earliest, h.valid_from)) OVER (
            PARTITION BY h.org_id, h.ticket_id ORDER BY h.version
        ) AS next_earliest,
        h.event_id,
        w.until,
        CASE
            WHEN m.told IS NOT NULL THEN m.told
            WHEN h.evidence = 'declared'
            THEN told_at(h.valid_from, h.valid_from_earliest, h.valid_from_latest, h.event_id)
            ELSE told_exactly(h.valid_from, h.event_id)
        END AS told
    FROM ticket_history AS h
    LEFT JOIN held AS w
        ON w.org_id = h.org_id AND w.ticket_id = h.ticket_id AND w.version = h.version
    LEFT JOIN ticket_moves AS m
        ON m.org_id = h.org_id AND m.ticket_id = h.ticket_id AND m.version = h.version
    WHERE (h.org_id, h.ticket_id) IN (SELECT org_id, ticket_id FROM held)
)
SELECT
    org_id,
    ticket_id,
    version,
    0 AS part,
    told,
    coalesce(until > coalesce(told.earliest, told.instant), false) AS is_on_hold
FROM versions
UNION ALL
SELECT
    v.org_id,
    v.ticket_id,
    v.version,
    1,
    told_at(
        greatest(v.until, v.told.instant),
        least(v.until, v.next_earliest),
        greatest(v.until, v.told.latest),
        v.event_id
    ),
    false
FROM versions AS v
CROSS JOIN asked_at AS a
WHERE v.until > coalesce(v.told.earliest, v.told.instant)
    AND v.until < coalesce(v.valid_to, 'infinity'::TIMESTAMPTZ)
    AND v.until <= a.instant
