/*---
title = "Every promise that had a target, cut wherever the ticket or who spoke last changed: target, and whether the clock ran"
grain = "one row per SLA policy, ticket, instance and stretch without a change"
internal = true
kept = true
---*/
-- The clock runs while the ticket is active and no pause holds. `before_us` is what it showed when
-- the stretch began. What happens at as_of itself begins a stretch without length, what happens at
-- the end of a promise does not matter to it.
-- Rows are sorted and joined by numbers and get their columns at the end: of promises and tickets,
-- of states, of turns (`word`) and of what the policies say of a case (`ruling`). Of labels and
-- properties only those that a policy names matter, so few looks of a ticket are to be judged.
CREATE OR REPLACE VIEW sla_segments AS
WITH tickets_by_number AS MATERIALIZED (
    SELECT org_id, ticket_id, row_number() OVER () AS ticket
    FROM tickets_all
),
instances AS MATERIALIZED (
    SELECT i.*, t.ticket
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
conditions AS (
    SELECT labels, properties
    FROM sla_targets
    UNION ALL
    SELECT labels, properties
    FROM sla_pauses
),
named AS (
    SELECT
        coalesce(flatten(list(labels)), []) AS labels,
        coalesce(flatten(list(properties)), []) AS properties
    FROM conditions
),
seen AS MATERIALIZED (
    SELECT
        s.* EXCLUDE (labels, properties),
        t.ticket,
        row_number() OVER () AS state,
        list_filter(n.labels, lambda l: list_contains(s.labels, l)) AS labels,
        list_filter(n.properties, lambda p: list_contains(s.properties, p)) AS properties
    FROM sla_states AS s
    JOIN tickets_by_number AS t ON t.org_id = s.org_id AND t.ticket_id = s.ticket_id
    CROSS JOIN named AS n
),
looks AS MATERIALIZED (
    SELECT *, row_number() OVER () AS look
    FROM (SELECT DISTINCT org_id, priority, status, labels, properties FROM seen)
),
states AS MATERIALIZED (
    SELECT s.ticket, s.since, s.state, l.look
    FROM seen AS s
    JOIN looks AS l
        ON l.org_id = s.org_id
        AND l.priority = s.priority
        AND l.status IS NOT DISTINCT FROM s.status
        AND l.labels = s.labels
        AND l.properties = s.properties
),
speakers AS MATERIALIZED (
    SELECT t.ticket, s.since, s.is_agent, s.event_id, row_number() OVER () AS word
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
    SELECT r.*, s.state, s.look
    FROM stretches AS r
    ASOF JOIN states AS s ON s.ticket = r.ticket AND r.since >= s.since
),
spoken AS MATERIALIZED (
    SELECT
        r.*,
        CASE WHEN t.is_agent THEN 'us' ELSE 'customer' END AS last_speaker,
        CASE WHEN t.since = r.since THEN t.word END AS word
    FROM stated AS r
    ASOF LEFT JOIN speakers AS t ON t.ticket = r.ticket AND r.since >= t.since
),
cases AS MATERIALIZED (
    SELECT *, row_number() OVER () AS ruling
    FROM (
        SELECT DISTINCT i.policy, r.look, r.last_speaker
        FROM spoken AS r
        JOIN instances AS i ON i.promise = r.promise
    )
),
ruled AS MATERIALIZED (
    SELECT
        c.*,
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
    JOIN looks AS s ON s.look = c.look
),
judged AS (
    SELECT
        r.promise,
        r.since,
        r.upto,
        r.state,
        r.word,
        a.ruling,
        a.target_us,
        i.metric,
        r.upto AS until,
        s.place = 'active' AND a.pause IS NULL AS is_running,
        CASE WHEN is_running AND i.metric <> 'due_date' THEN i.calendar END AS calendar
    FROM spoken AS r
    JOIN seen AS s ON s.state = r.state
    JOIN instances AS i ON i.promise = r.promise
    JOIN ruled AS a
        ON a.policy = i.policy AND a.look = r.look AND a.last_speaker = r.last_speaker
),
measured AS (
    SELECT
        * EXCLUDE (calendar, until, business_time_us),
        CASE
            WHEN NOT is_running THEN 0
            WHEN metric = 'due_date' THEN microseconds_between(since, upto)
            ELSE business_time_us
        END AS spent_us
    FROM with_business_us(judged)
),
summed AS (
    SELECT
        * EXCLUDE (metric, target_us),
        coalesce(
            sum(spent_us) OVER (
                PARTITION BY promise
                ORDER BY since
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            0
        )::BIGINT AS before_us
    FROM measured
    QUALIFY metric = 'due_date'
        OR count(target_us) OVER (
            PARTITION BY promise
            ORDER BY since
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
        ) > 0
)
SELECT
    m.promise,
    m.since,
    m.upto,
    a.last_speaker,
    s.status,
    s.priority,
    s.due_date,
    a.target_us,
    m.is_running,
    CASE
        WHEN s.place = 'deleted' THEN 'deleted'
        WHEN s.place <> 'active' THEN concat('status ', coalesce(s.status, 'unknown'))
        ELSE a.pause
    END AS paused_reason,
    m.spent_us,
    m.before_us,
    coalesce(
        CASE WHEN s.since = m.since THEN s.event_id END, t.event_id, i.began.event_id
    ) AS event_id
FROM summed AS m
JOIN seen AS s ON s.state = m.state
JOIN ruled AS a ON a.ruling = m.ruling
JOIN instances AS i ON i.promise = m.promise
LEFT JOIN speakers AS t ON t.word = m.word
