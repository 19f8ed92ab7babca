/*---
title = "Every promise of the SLA policies: kept, broken, or still open"
question = "Did we do what we promised, and when did we not?"
by_ticket = true
grain = "one row per SLA policy, ticket and instance that had a target; none without a file of policies"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
policy = { type = "VARCHAR", help = "name of the policy" }
metric = { type = "VARCHAR", help = "first_reply, next_reply, periodic_update, resolution or due_date" }
instance = { type = "BIGINT", help = "1, 2, … for promises that are made several times" }
state = { type = "VARCHAR", help = "met; breached: done or cancelled too late; cancelled: archived or deleted before, or done when it had no target any more; active; active_breached; paused; unknown: it cannot be measured" }
calendar = { type = "VARCHAR", help = "calendar whose hours count; a due date counts all" }
priority_at_activation = { type = "SMALLINT", help = "priority when it began; 0 none" }
activated_at = { type = "TIMESTAMP WITH TIME ZONE", help = "when it began" }
ended_at = { type = "TIMESTAMP WITH TIME ZONE", help = "when it was done or cancelled; NULL = it was not" }
target_s = { type = "DOUBLE", unit = "s", help = "target at its end or now; NULL = none, or a due date" }
due_date = { type = "TIMESTAMP WITH TIME ZONE", help = "due date at its end or now, of a policy on due dates" }
elapsed_s = { type = "DOUBLE", unit = "s", help = "what its clock shows at its end or as_of" }
remaining_s = { type = "DOUBLE", unit = "s", help = "target less elapsed while it is open; below zero when breached; NULL = done, or no target" }
breach_at = { type = "TIMESTAMP WITH TIME ZONE", help = "when it was breached; else when it will be if nothing changes; NULL = met, cancelled, paused or no target" }
paused_reason = { type = "VARCHAR", help = "why its clock stands still" }
quality = { type = "VARCHAR", help = "exact; interval: a lost event hides when it began, ended or changed; unknown: it touches times before 1970 or after 2099" }
activation_event_id = { type = "VARCHAR", help = "event that began it" }
end_event_id = { type = "VARCHAR", help = "event that ended it" }
---*/
CREATE OR REPLACE VIEW sla AS
WITH told AS (
    SELECT
        promise,
        arg_min(priority, since) AS priority,
        arg_max(struct_pack(target_us, due_date, is_running, paused_reason), since) AS last,
        CASE WHEN count(spent_us) = count(*) THEN sum(spent_us)::BIGINT END AS elapsed_us
    FROM sla_segments
    GROUP BY promise
),
instances AS (
    SELECT i.*, t.* EXCLUDE (promise)
    FROM told AS t
    JOIN sla_instances AS i ON i.promise = t.promise
),
doubtful AS (
    SELECT DISTINCT i.promise
    FROM instances AS i
    JOIN sla_doubts AS d
        ON d.org_id = i.org_id
        AND d.ticket_id = i.ticket_id
        AND d.since < i.until
        AND d.until > i.began.instant
        AND CASE WHEN i.metric = 'due_date' THEN d.is_of_due_date ELSE d.is_of_clock END
),
judged AS (
    SELECT
        i.*,
        b.breached_at,
        CASE i.metric
            WHEN 'due_date' THEN i.last.due_date IS NULL
            ELSE i.last.target_us IS NULL
        END AS is_without_target,
        CASE
            WHEN i.elapsed_us IS NULL THEN 'unknown'
            WHEN b.breached_at IS NOT NULL AND i.outcome IS NOT NULL THEN 'breached'
            WHEN b.breached_at IS NOT NULL THEN 'active_breached'
            WHEN i.outcome = 'cancel' OR (i.outcome = 'fulfil' AND is_without_target)
            THEN 'cancelled'
            WHEN i.outcome = 'fulfil' THEN 'met'
            WHEN i.last.is_running AND NOT is_without_target THEN 'active'
            ELSE 'paused'
        END AS state
    FROM instances AS i
    LEFT JOIN sla_breaches AS b ON b.promise = i.promise
),
spent AS ( -- on the clock is just the target, and it is not open hours: it was so before
    SELECT promise, min(since) AS since, max(left_us) AS left_us
    FROM (
        SELECT
            s.promise,
            s.since,
            j.elapsed_us - s.before_us AS left_us,
            s.before_us + s.spent_us = j.elapsed_us AS is_spent,
            max(CASE WHEN s.target_us IS DISTINCT FROM j.elapsed_us THEN s.since END) OVER (
                PARTITION BY s.promise
            ) AS last_of_another
        FROM judged AS j
        JOIN sla_segments AS s ON s.promise = j.promise
        WHERE j.state = 'active' AND j.last.target_us = j.elapsed_us
    )
    WHERE is_spent AND since > coalesce(last_of_another, '-infinity'::TIMESTAMPTZ)
    GROUP BY promise
),
ahead AS (
    SELECT
        j.promise,
        CASE
            WHEN j.metric = 'due_date' THEN j.last.due_date
            ELSE
                business_at(
                    j.calendar,
                    coalesce(s.since, j.until),
                    coalesce(s.left_us, j.last.target_us - j.elapsed_us)
                )
        END AS breach_at
    FROM judged AS j
    LEFT JOIN spent AS s ON s.promise = j.promise
    WHERE j.state = 'active'
)
SELECT
    j.org_id,
    j.ticket_id,
    j.policy,
    j.metric,
    j.instance,
    j.state,
    j.calendar,
    j.priority AS priority_at_activation,
    j.began.instant AS activated_at,
    j.ended.instant AS ended_at,
    CASE WHEN j.metric <> 'due_date' THEN j.last.target_us / 1e6 END AS target_s,
    CASE WHEN j.metric = 'due_date' THEN j.last.due_date END AS due_date,
    j.elapsed_us / 1e6 AS elapsed_s,
    CASE
        WHEN j.outcome IS NOT NULL THEN NULL
        WHEN j.metric = 'due_date' THEN (epoch_us(j.last.due_date) - epoch_us(j.until)) / 1e6
        ELSE (j.last.target_us - j.elapsed_us) / 1e6
    END AS remaining_s,
    coalesce(j.breached_at, a.breach_at) AS breach_at,
    CASE
        WHEN j.outcome IS NULL AND j.is_without_target THEN 'no target'
        WHEN j.outcome IS NULL THEN j.last.paused_reason
    END AS paused_reason,
    CASE
        WHEN j.state = 'unknown' THEN 'unknown'
        WHEN d.promise IS NULL
            AND j.began.earliest = j.began.latest
            AND (j.ended IS NULL OR j.ended.earliest = j.ended.latest)
        THEN 'exact'
        ELSE 'interval'
    END AS quality,
    j.began.event_id AS activation_event_id,
    j.ended.event_id AS end_event_id
FROM judged AS j
LEFT JOIN ahead AS a ON a.promise = j.promise
LEFT JOIN doubtful AS d ON d.promise = j.promise
