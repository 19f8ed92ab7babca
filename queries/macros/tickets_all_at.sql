/*---
title = "Every ticket as it was at an instant, deleted ones included"
---*/
-- With hindsight: a ticket whose first event came later is there from its creation on, in the state
-- that event tells of. The session's `as_of` knows no later events.
CREATE OR REPLACE MACRO tickets_all_at(as_of) AS TABLE
SELECT
    org_id,
    ticket_id,
    state.*,
    deleted_at,
    first_event_at,
    last_event_at,
    last_event_id,
    event_count
FROM ticket_moments
WHERE starts_at <= as_of
QUALIFY row_number() OVER (PARTITION BY org_id, ticket_id ORDER BY seq DESC, part DESC) = 1
