/*---
title = "Whose turn it was while each ticket was unresolved: ours until the team spoke last"
grain = "one row per ticket and stretch of one side"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_waits AS
WITH turns AS MATERIALIZED (
    FROM ticket_turns
),
runs AS (
    SELECT
        org_id,
        ticket_id,
        version AS run,
        place = 'active' AS is_active,
        told AS began,
        lead(told) OVER (PARTITION BY org_id, ticket_id ORDER BY version) AS ended
    FROM ticket_moves
    WHERE place_before <> place
),
last_of_instant AS (
    FROM turns
    QUALIFY turn = max(turn) OVER (PARTITION BY org_id, ticket_id, since)
),
active AS (
    FROM runs
    WHERE is_active
),
cuts AS (
    SELECT a.*, coalesce(t.is_agent, false) AS is_agent, 0 AS turn, a.began AS cut
    FROM active AS a
    ASOF LEFT JOIN last_of_instant AS t
        ON t.org_id = a.org_id AND t.ticket_id = a.ticket_id AND a.began.instant >= t.since
    UNION ALL
    SELECT a.*, t.is_agent, t.turn, told_exactly(t.since, t.event_id)
    FROM active AS a
    JOIN turns AS t
        ON t.org_id = a.org_id
        AND t.ticket_id = a.ticket_id
        AND t.since > a.began.instant
        AND (a.ended IS NULL OR t.since < a.ended.instant)
)
SELECT
    org_id,
    ticket_id,
    row_number() OVER (PARTITION BY org_id, ticket_id ORDER BY run, turn) AS wait,
    CASE WHEN is_agent THEN 'customer' ELSE 'us' END AS side,
    cut AS began,
    coalesce(lead(cut) OVER (PARTITION BY org_id, ticket_id, run ORDER BY turn), ended) AS ended
FROM cuts
