/*---
title = "States of tickets that no event shows, told by the old values of a later one"
grain = "one row per event that tells such a state"
internal = true
kept = true
---*/
-- The state before a loss is known to hold just before the event that tells it; the one before the
-- first event held until then and began, at the earliest, when the ticket was created.
CREATE OR REPLACE VIEW ticket_recovered AS
WITH lost AS (
    SELECT
        org_id,
        ticket_id,
        seq,
        event_at,
        event_id,
        former_event_at,
        list(field) AS fields,
        any_value(former) AS former,
        any_value(before) AS before
    FROM ticket_breaks
    GROUP BY org_id, ticket_id, seq, event_at, event_id, former_event_at
),
resumed AS (
    SELECT * EXCLUDE (fields, former, before), recovered(fields, former, before) AS told
    FROM lost
),
-- One macro a step: a macro repeats its argument for every field, and nested ones multiply.
begun AS (
    SELECT *, ticket_before(image, declared, event_type, reads_keys) AS before
    FROM ticket_folds
    WHERE seq = 1 AND rank <> 0 AND is_verifiable
),
told_heads AS (
    SELECT org_id, ticket_id, seq, event_at, event_id, where_told(before, image) AS told
    FROM begun
),
heads AS (
    SELECT * EXCLUDE (told), ticket_state(told) AS state
    FROM told_heads
)
SELECT
    org_id,
    ticket_id,
    seq,
    ticket_state(told) AS state,
    event_at AS starts_at,
    former_event_at AS earliest,
    event_at AS latest,
    event_id
FROM resumed
UNION ALL
SELECT
    org_id,
    ticket_id,
    seq,
    state,
    CASE WHEN state.created_at < event_at THEN state.created_at ELSE event_at END,
    CASE WHEN state.created_at < event_at THEN state.created_at END,
    event_at,
    event_id
FROM heads
