/*---
title = "Every promise, cut wherever the ticket or who spoke last changed: target, and whether the clock ran"
grain = "one row per SLA policy, ticket, instance and stretch without a change"
internal = true
kept = true
---*/
-- The clock runs while the ticket is active and no pause holds. `before_us` is what it showed when
-- the stretch began. What happens at as_of itself begins a stretch without length, what happens at
-- the end of a promise does not matter to it.
-- Rows are sorted and joined by numbers of promises and tickets, and get their columns at the end.
-- `promise` numbers the instances of all policies; which number means nothing.
CREATE OR REPLACE VIEW sla_segments AS
WITH tickets_by_number AS MATERIALIZED (
    SELECT org_id, ticket_id, row_number() OVER () AS ticket
    FROM tickets_all
),
instances AS MATERIALIZED (
    SELECT i.*, t.ticket, row_number() OVER () AS promise
    FROM sla_instances AS i
    JOIN tickets_by_number AS t ON t.org_id = i.org_id AND t.ticket_id = i.ticket_id
),
promises AS MATERIALIZED (
    SELECT
        promise,
        ticket,
        policy IN (SELECT policy FROM sla_pauses WHERE last_speaker IS NOT NULL) AS hears,
        outcome IS NULL AS is_open,
        began.instant AS began_at,
        until
    FROM instances
),
states AS MATERIALIZED (
    SELECT s.*, t.ticket, row_number() OVER () AS state
    FROM sla_states AS s
    JOIN tickets_by_number AS t ON t.org_id = s.org_id AND t.ticket_id = s.ticket_id
),
speakers AS MATERIALIZED (
    SELECT t.ticket, s.since, s.is_agent, s.event_id
    FROM ticket_turns AS s
    JOIN tickets_by_number AS t ON t.org_id = s.org_id AND t.ticket_id = s.ticket_id
    QUALIFY s.turn = max(s.turn) OVER (PARTITION BY t.ticket, s.since)
),
cuts AS (
    SELECT promise, ticket, began_at AS since, until
    FROM promises
    UNION
    SELECT p.promise, p.ticket, s.since, p.until
    FROM promises AS p
    JOIN states AS s
        ON s.ticket = p.ticket
        AND s.since > p.began_at
        AND (s.since < p.until OR (p.is_open AND s.since = p.until))
    UNION
    SELECT p.promise, p.ticket, t.since, p.until
    FROM promises AS p
    JOIN speakers AS t
        ON t.ticket = p.ticket
        AND t.since > p.began_at
        AND (t.since < p.until OR (p.is_open AND t.since = p.until))
    WHERE p.hears
),
stretches AS (
    SELECT
        promise,
        ticket,
        since,
        coalesce(lead(since) OVER (PARTITION BY promise ORDER BY since), until) AS upto
    FROM cuts
),
stated AS (
    SELECT r.*, s.state, s.since = r.since AS is_state_new
    FROM stretches AS r
    ASOF JOIN states AS s ON s.ticket = r.ticket AND r.since >= s.since
),
spoken AS MATERIALIZED (
    SELECT
        r.*,
        CASE WHEN t.is_agent THEN 'us' ELSE 'customer' END AS last_speaker,
        CASE WHEN t.since = r.since THEN t.event_id END AS turn_event_id
    FROM stated AS r
    ASOF LEFT JOIN speakers AS t ON t.ticket = r.ticket AND r.since >= t.since
),
cases AS MATERIALIZED (
    SELECT DISTINCT i.policy, r.state, r.last_speaker
    FROM spoken AS r
    JOIN instances AS i ON i.promise = r.promise
),
aimed AS (
    SELECT
        c.*,
        s.* EXCLUDE (org_id, ticket_id, ticket, version, since, state, event_id),
        s.event_id AS state_event_id,
        (
            SELECT arg_min(g.target_us, g.position)
            FROM sla_targets AS g
            WHERE g.policy = c.policy
                AND (g.priorities IS NULL OR list_contains(g.priorities, s.priority))
                AND (g.labels IS NULL OR list_has_any(g.labels, s.labels))
                AND (g.org_ids IS NULL OR list_contains(g.org_ids, s.org_id))
                AND (g.statuses IS NULL OR list_contains(g.statuses, plain_status(s.status)))
                AND (g.properties IS NULL OR list_has_any(g.properties, s.properties))
        ) AS target_us,
        (
            SELECT arg_min(z.reason, z.position)
            FROM sla_pauses AS z
            WHERE z.policy = c.policy
                AND (z.priorities IS NULL OR list_contains(z.priorities, s.priority))
                AND (z.labels IS NULL OR list_has_any(z.labels, s.labels))
                AND (z.org_ids IS NULL OR list_contains(z.org_ids, s.org_id))
                AND (z.statuses IS NULL OR list_contains(z.statuses, plain_status(s.status)))
                AND (z.properties IS NULL OR list_has_any(z.properties, s.properties))
                AND (z.last_speaker IS NULL OR z.last_speaker = c.last_speaker)
        ) AS pause
    FROM cases AS c
    JOIN states AS s ON s.state = c.state
),
ruled AS MATERIALIZED (
    SELECT
        * EXCLUDE (place, labels, properties, pause),
        row_number() OVER () AS rule,
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
        r.promise,
        r.since,
        r.upto,
        r.is_state_new,
        r.turn_event_id,
        a.rule,
        CASE
            WHEN NOT a.is_running THEN 0
            WHEN i.metric = 'due_date' THEN microseconds_between(r.since, r.upto)
            ELSE business_us(i.calendar, r.since, r.upto)
        END AS spent_us
    FROM spoken AS r
    JOIN instances AS i ON i.promise = r.promise
    JOIN ruled AS a
        ON a.policy = i.policy AND a.state = r.state AND a.last_speaker = r.last_speaker
),
summed AS (
    SELECT
        *,
        coalesce(
            sum(spent_us) OVER (
                PARTITION BY promise
                ORDER BY since
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            0
        )::BIGINT AS before_us
    FROM measured
)
SELECT
    i.* EXCLUDE (ticket),
    m.since,
    m.upto,
    a.* EXCLUDE (policy, state, state_event_id, rule),
    m.spent_us,
    m.before_us,
    coalesce(
        CASE WHEN m.is_state_new THEN a.state_event_id END, m.turn_event_id, i.began.event_id
    ) AS event_id
FROM summed AS m
JOIN instances AS i ON i.promise = m.promise
JOIN ruled AS a ON a.rule = m.rule
