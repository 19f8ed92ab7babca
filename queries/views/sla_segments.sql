/*---
title = "Every promise, cut wherever the ticket or who spoke last changed: target, and whether the clock ran"
grain = "one row per SLA policy, ticket, instance and stretch without a change"
internal = true
kept = true
---*/
-- The clock runs while the ticket is active and no pause holds. `before_us` is what it showed when
-- the stretch began. What happens at as_of itself begins a stretch without length, what happens at
-- the end of a promise does not matter to it.
CREATE OR REPLACE VIEW sla_segments AS
WITH instances AS MATERIALIZED (
    FROM sla_instances
),
last_of_instant AS MATERIALIZED (
    SELECT org_id, ticket_id, since, is_agent, event_id
    FROM ticket_turns
    QUALIFY turn = max(turn) OVER (PARTITION BY org_id, ticket_id, since)
),
cuts AS (
    SELECT policy, org_id, ticket_id, instance, began.instant AS at_instant
    FROM instances
    UNION
    SELECT i.policy, i.org_id, i.ticket_id, i.instance, s.since
    FROM instances AS i
    JOIN sla_states AS s
        ON s.org_id = i.org_id
        AND s.ticket_id = i.ticket_id
        AND s.since > i.began.instant
        AND (s.since < i.until OR (i.outcome IS NULL AND s.since = i.until))
    UNION
    SELECT i.policy, i.org_id, i.ticket_id, i.instance, t.since
    FROM instances AS i
    SEMI JOIN sla_pauses AS z ON z.policy = i.policy AND z.last_speaker IS NOT NULL
    JOIN last_of_instant AS t
        ON t.org_id = i.org_id
        AND t.ticket_id = i.ticket_id
        AND t.since > i.began.instant
        AND (t.since < i.until OR (i.outcome IS NULL AND t.since = i.until))
),
stretches AS (
    SELECT
        i.*,
        c.at_instant AS since,
        coalesce(
            lead(c.at_instant) OVER (
                PARTITION BY c.policy, c.org_id, c.ticket_id, c.instance ORDER BY c.at_instant
            ),
            i.until
        ) AS upto
    FROM cuts AS c
    JOIN instances AS i
        ON i.policy = c.policy
        AND i.org_id = c.org_id
        AND i.ticket_id = c.ticket_id
        AND i.instance = c.instance
),
stated AS (
    SELECT
        r.*,
        s.place,
        s.status,
        s.priority,
        s.labels,
        s.properties,
        s.due_date,
        s.is_exact,
        CASE WHEN s.since = r.since THEN s.event_id END AS state_event_id
    FROM stretches AS r
    ASOF JOIN sla_states AS s
        ON s.org_id = r.org_id AND s.ticket_id = r.ticket_id AND r.since >= s.since
),
spoken AS (
    SELECT
        r.*,
        CASE WHEN t.is_agent THEN 'us' ELSE 'customer' END AS last_speaker,
        CASE WHEN t.since = r.since THEN t.event_id END AS turn_event_id
    FROM stated AS r
    ASOF LEFT JOIN last_of_instant AS t
        ON t.org_id = r.org_id AND t.ticket_id = r.ticket_id AND r.since >= t.since
),
aimed AS (
    SELECT
        r.*,
        (
            SELECT arg_min(g.target_us, g.position)
            FROM sla_targets AS g
            WHERE g.policy = r.policy
                AND (g.priorities IS NULL OR list_contains(g.priorities, r.priority))
                AND (g.labels IS NULL OR list_has_any(g.labels, r.labels))
                AND (g.org_ids IS NULL OR list_contains(g.org_ids, r.org_id))
                AND (g.statuses IS NULL OR list_contains(g.statuses, plain_status(r.status)))
                AND (g.properties IS NULL OR list_has_any(g.properties, r.properties))
        ) AS target_us,
        (
            SELECT arg_min(z.reason, z.position)
            FROM sla_pauses AS z
            WHERE z.policy = r.policy
                AND (z.priorities IS NULL OR list_contains(z.priorities, r.priority))
                AND (z.labels IS NULL OR list_has_any(z.labels, r.labels))
                AND (z.org_ids IS NULL OR list_contains(z.org_ids, r.org_id))
                AND (z.statuses IS NULL OR list_contains(z.statuses, plain_status(r.status)))
                AND (z.properties IS NULL OR list_has_any(z.properties, r.properties))
                AND (z.last_speaker IS NULL OR z.last_speaker = r.last_speaker)
        ) AS pause
    FROM spoken AS r
),
run AS (
    SELECT
        *,
        place = 'active' AND pause IS NULL AS is_running,
        CASE
            WHEN place = 'deleted' THEN 'deleted'
            WHEN place <> 'active' THEN concat('status ', coalesce(status, 'unknown'))
            ELSE pause
        END AS paused_reason
    FROM aimed
),
measured AS (
    SELECT
        *,
        CASE
            WHEN NOT is_running THEN 0
            WHEN metric = 'due_date' THEN microseconds_between(since, upto)
            ELSE business_us(calendar, since, upto)
        END AS spent_us
    FROM run
)
SELECT
    * EXCLUDE (place, labels, properties, pause, state_event_id, turn_event_id),
    coalesce(state_event_id, turn_event_id, began.event_id) AS event_id,
    coalesce(
        sum(spent_us) OVER (
            PARTITION BY policy, org_id, ticket_id, instance
            ORDER BY since
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ),
        0
    )::BIGINT AS before_us
FROM measured
