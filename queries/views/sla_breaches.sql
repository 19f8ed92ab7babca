/*---
title = "When each broken promise was broken"
grain = "one row per SLA policy, ticket and instance that was breached"
internal = true
kept = true
---*/
-- A target is missed when the clock shows more. The instant of the breach is the first at which it
-- showed just that, whatever changed before it went on, or the change that shortened the target to
-- what had passed. A due date is missed when it passes while the ticket is active; moving it
-- afterwards changes nothing.
CREATE OR REPLACE VIEW sla_breaches AS
WITH judged AS MATERIALIZED (
    SELECT
        s.promise,
        i.metric,
        i.calendar,
        s.since,
        s.due_date,
        s.target_us,
        s.before_us,
        s.spent_us,
        s.event_id,
        CASE i.metric
            WHEN 'due_date' THEN s.is_running AND s.due_date < s.upto
            ELSE s.before_us + s.spent_us >= s.target_us
        END AS is_reached
    FROM sla_segments AS s
    JOIN sla_instances AS i ON i.promise = s.promise
),
reached AS (
    SELECT
        *,
        coalesce(lag(before_us + spent_us >= target_us) OVER in_order, false)
            AND target_us = lag(target_us) OVER in_order AS was_reached
    FROM judged
    SEMI JOIN (SELECT promise FROM judged WHERE is_reached) AS broken
        ON broken.promise = judged.promise
    WINDOW in_order AS (PARTITION BY promise ORDER BY since)
),
grouped AS (
    SELECT
        *,
        count(CASE WHEN is_reached AND NOT coalesce(was_reached, false) THEN 1 END) OVER (
            PARTITION BY promise
            ORDER BY since
            ROWS UNBOUNDED PRECEDING
        ) AS island
    FROM reached
),
missed AS (
    SELECT
        promise,
        island,
        any_value(metric) AS metric,
        arg_min(
            struct_pack(since, calendar, before_us, target_us, due_date, event_id), since
        ) AS first
    FROM grouped
    WHERE is_reached
    GROUP BY promise, island
    HAVING any_value(metric) = 'due_date' OR bool_or(before_us + spent_us > target_us)
    QUALIFY island = min(island) OVER (PARTITION BY promise)
)
SELECT
    promise,
    CASE
        WHEN metric = 'due_date' THEN greatest(first.due_date, first.since)
        WHEN first.before_us >= first.target_us THEN first.since
        ELSE business_at(first.calendar, first.since, first.target_us - first.before_us)
    END AS breached_at,
    first.event_id AS event_id
FROM missed
