/*---
title = "The state of each ticket after each of its events"
grain = "one row per event"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_states AS
WITH laid AS (
    SELECT *, laid_over(image, former) AS known
    FROM ticket_folds
),
folded AS (
    SELECT
        * EXCLUDE (known),
        ticket_state(known) AS state,
        coalesce(former.is_deleted.v, false) AS was_deleted
    FROM laid
)
SELECT
    *,
    CASE
        WHEN state.is_deleted
        THEN max(CASE WHEN NOT was_deleted AND state.is_deleted THEN event_at END) OVER so_far
    END AS deleted_at
FROM folded
WINDOW so_far AS (
    PARTITION BY org_id, ticket_id ORDER BY seq ROWS UNBOUNDED PRECEDING
)
