/*---
title = "All states of each ticket in order: after its events, those recovered before them, the first"
grain = "one row per ticket and state; `seq`, `part` is their order"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_moments AS
SELECT
    org_id,
    ticket_id,
    seq,
    1 AS part,
    state,
    event_at AS starts_at,
    event_at AS earliest,
    event_at AS latest,
    event_id,
    CASE
        WHEN is_snapshot THEN 'snapshot'
        WHEN previous_state = 'object' THEN 'both'
        ELSE 'image'
    END AS evidence,
    deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count,
    rank = 0 AS is_creation,
    is_verifiable
FROM ticket_states
UNION ALL
SELECT
    org_id,
    ticket_id,
    seq,
    0,
    state,
    starts_at,
    earliest,
    latest,
    event_id,
    'declared',
    NULL,
    NULL,
    NULL,
    NULL,
    0,
    false,
    false
FROM ticket_recovered
