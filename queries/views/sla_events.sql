/*---
title = "The ledger of promises: every instant at which a clock started, stood still, was re-targeted, ran out or was done"
grain = "one row per SLA policy, ticket, instance, instant and kind"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
policy = { type = "VARCHAR", help = "name of the policy" }
metric = { type = "VARCHAR", help = "as in sla" }
instance = { type = "BIGINT", help = "as in sla" }
kind = { type = "VARCHAR", help = "activate, pause, resume, target (it became another), breach, fulfil or cancel" }
happened_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant" }
elapsed_s = { type = "DOUBLE", unit = "s", help = "what the clock showed then" }
target_s = { type = "DOUBLE", unit = "s", help = "target from then on; NULL = none, or a due date" }
due_date = { type = "TIMESTAMP WITH TIME ZONE", help = "due date from then on, of a policy on due dates" }
reason = { type = "VARCHAR", help = "why the clock stands still" }
event_id = { type = "VARCHAR", help = "event that tells of it; of a breach, the last one before it" }
---*/
CREATE OR REPLACE VIEW sla_events AS
WITH stretches AS MATERIALIZED (
    SELECT
        s.*,
        i.org_id,
        i.ticket_id,
        i.policy,
        i.metric,
        i.instance,
        i.ended,
        i.outcome,
        coalesce(lag(s.is_running) OVER in_order, true) AS ran,
        lag(s.target_us) OVER in_order AS target_before,
        lag(s.due_date) OVER in_order AS due_before,
        row_number() OVER in_order = 1 AS is_first
    FROM sla_segments AS s
    JOIN sla_instances AS i ON i.promise = s.promise
    WINDOW in_order AS (PARTITION BY s.promise ORDER BY s.since)
),
changes AS (
    SELECT
        *,
        since AS happened_at,
        before_us AS elapsed_us,
        unnest(
            list_filter(
                [
                    CASE WHEN is_first THEN 'activate' END,
                    CASE WHEN ran AND NOT is_running THEN 'pause' END,
                    CASE WHEN is_running AND NOT ran THEN 'resume' END,
                    CASE
                        WHEN NOT is_first AND metric <> 'due_date'
                            AND target_us IS DISTINCT FROM target_before
                        THEN 'target'
                        WHEN NOT is_first AND metric = 'due_date'
                            AND due_date IS DISTINCT FROM due_before
                        THEN 'target'
                    END
                ],
                lambda kind: kind IS NOT NULL
            )
        ) AS kind
    FROM stretches
),
ends AS (
    SELECT
        * EXCLUDE (event_id),
        ended.instant AS happened_at,
        before_us + spent_us AS elapsed_us,
        outcome AS kind,
        ended.event_id AS event_id
    FROM stretches
    WHERE outcome IS NOT NULL
    QUALIFY since = max(since) OVER (PARTITION BY promise)
),
breaches AS (
    SELECT
        s.* EXCLUDE (event_id),
        b.breached_at AS happened_at,
        greatest(s.before_us, s.target_us) AS elapsed_us,
        'breach' AS kind,
        b.event_id
    FROM sla_breaches AS b
    JOIN stretches AS s ON s.promise = b.promise AND s.since <= b.breached_at
    QUALIFY s.since = max(s.since) OVER (PARTITION BY s.promise)
)
SELECT
    org_id,
    ticket_id,
    policy,
    metric,
    instance,
    kind,
    happened_at,
    CASE
        WHEN kind = 'breach' AND metric = 'due_date'
        THEN (before_us + microseconds_between(since, happened_at)) / 1e6
        ELSE elapsed_us / 1e6
    END AS elapsed_s,
    CASE WHEN metric <> 'due_date' THEN target_us / 1e6 END AS target_s,
    CASE WHEN metric = 'due_date' THEN due_date END AS due_date,
    CASE WHEN kind = 'pause' OR (kind = 'activate' AND NOT is_running) THEN paused_reason END
        AS reason,
    event_id
FROM (FROM changes UNION ALL BY NAME FROM ends UNION ALL BY NAME FROM breaches)
