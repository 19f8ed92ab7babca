/*---
title = "What each version of a ticket does to its due date, up to the closing that lasted"
grain = "one row per version of ticket_history, the first in any case"
internal = true
---*/
-- To set a due date for the first time is no change of it.
CREATE OR REPLACE VIEW ticket_due_date_versions AS
WITH versions AS (
    SELECT
        h.org_id,
        h.ticket_id,
        h.version,
        h.valid_from,
        h.event_id,
        lag(h.due_date) OVER in_order AS former_due_date,
        h.due_date,
        coalesce(bool_or(h.due_date IS NOT NULL) OVER before, false) AS was_set
    FROM ticket_history AS h
    JOIN ticket_milestones AS m ON m.org_id = h.org_id AND m.ticket_id = h.ticket_id
    WHERE h.version = 1
        OR m.finally_resolved IS NULL
        OR h.valid_from <= m.finally_resolved.instant
    WINDOW
        in_order AS (PARTITION BY h.org_id, h.ticket_id ORDER BY h.version),
        before AS (
            PARTITION BY h.org_id, h.ticket_id
            ORDER BY h.version
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
)
SELECT
    * EXCLUDE (was_set),
    was_set AND former_due_date IS DISTINCT FROM due_date AS is_change,
    coalesce(former_due_date < valid_from AND due_date > former_due_date, false)
        AS is_late_postponement
FROM versions
