/*---
title = "Where an event contradicts what was known of its ticket before it, and something is missing"
grain = "one row per event and contradicted field"
internal = true
kept = true
---*/
-- An image read a little late, or a snapshot, shows a change that an event within a minute declares:
-- the first looks as if it had changed the field in silence, the next as if the change had been undone.
-- Neither is a loss, nor is a change that is told again.
CREATE OR REPLACE VIEW ticket_breaks AS
WITH paired AS (
    SELECT
        *,
        is_silent
        AND NOT lead(is_silent) OVER in_order
        AND lead(event_at) OVER in_order - event_at <= INTERVAL 60 SECONDS
        AND same_value(field, recorded_value, lead(declared_value) OVER in_order)
        AND same_value(field, image_value, lead(recorded_value) OVER in_order)
        AND same_value(field, image_value, lead(image_value) OVER in_order) AS is_early
    FROM ticket_contradictions
    ANTI JOIN ticket_retold USING (org_id, ticket_id, event_id)
    WINDOW in_order AS (PARTITION BY org_id, ticket_id, field ORDER BY seq)
)
SELECT
    org_id,
    ticket_id,
    seq,
    event_at,
    event_id,
    former_event_at,
    former_event_id,
    former,
    before,
    field,
    recorded_value,
    declared_value
FROM paired
QUALIFY is_verifiable
    AND NOT coalesce(is_early, false)
    AND NOT coalesce(
        lag(is_early) OVER (PARTITION BY org_id, ticket_id, field ORDER BY seq), false
    )
