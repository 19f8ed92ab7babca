/*---
title = "SLA compliance"
question = "How often do we keep each promise, and for which priority not?"
grain = "one row per organisation, bucket of time, policy and priority at activation"
key = ["org_id", "bucket_start_local", "bucket_start_utc", "policy", "priority_at_activation"]
period = "promises made"

[params.grain]
type = "VARCHAR"
help = "bucket of the activation in the report's time zone: none, day, week (from Monday), month, quarter or year"
default = "none"
choices = ["none", "day", "week", "month", "quarter", "year"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
bucket_start_local = { type = "TIMESTAMP", help = "start of the bucket on the clock of the time zone; NULL = all of the period" }
bucket_start_utc = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the bucket; NULL = all of the period" }
policy = { type = "VARCHAR", help = "name of the policy" }
metric = { type = "VARCHAR", help = "first_reply, next_reply, periodic_update, resolution or due_date" }
priority_at_activation = { type = "SMALLINT", help = "priority when the promise was made; 0 none" }
activated = { type = "BIGINT", help = "promises made: the sum of the seven that follow" }
met = { type = "BIGINT", help = "kept" }
breached = { type = "BIGINT", help = "kept or cancelled too late" }
cancelled = { type = "BIGINT", help = "ticket archived or deleted before, or done when there was no target any more" }
active = { type = "BIGINT", help = "open, clock running" }
active_breached = { type = "BIGINT", help = "open and too late already" }
paused = { type = "BIGINT", help = "open, clock standing" }
unknown = { type = "BIGINT", help = "cannot be measured: before 1970 or after 2099" }
met_rate = { type = "DOUBLE", help = "met / (met + breached + active_breached); NULL = none of these" }
elapsed_p50_s = { type = "DOUBLE", unit = "s", help = "median of what the clocks of those done showed" }
target_s = { type = "DOUBLE", unit = "s", help = "target, if it is the same for all" }
tickets = { type = "BIGINT", help = "tickets, each once" }
quality_share_exact = { type = "DOUBLE", help = "share of the promises that no lost event blurs" }
---*/
WITH placed AS (
    SELECT
        * EXCLUDE (half_hour, bucket),
        coalesce(h.bucket, bucket_of(nullif($grain::VARCHAR, 'none'), activated_at)) AS bucket
    FROM sla_promises
    LEFT JOIN half_hours_of_buckets(
        nullif($grain::VARCHAR, 'none'), $as_of::TIMESTAMPTZ
    ) AS h
        ON h.half_hour = half_hour_of(activated_at)
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE activated_at <= $as_of::TIMESTAMPTZ
        AND activated_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND activated_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
promises AS (
    SELECT
        *,
        is_first_since(made_before_at, $from)
            OR coalesce(bucket_of(nullif($grain::VARCHAR, 'none'), made_before_at) < bucket, false)
            AS is_first
    FROM placed
)
SELECT
    org_id,
    bucket::TIMESTAMP AS bucket_start_local,
    bucket_start($grain::VARCHAR, bucket) AS bucket_start_utc,
    policy,
    metric,
    priority_at_activation,
    count(*) AS activated,
    count(*) FILTER (state = 'met') AS met,
    count(*) FILTER (state = 'breached') AS breached,
    count(*) FILTER (state = 'cancelled') AS cancelled,
    count(*) FILTER (state = 'active') AS active,
    count(*) FILTER (state = 'active_breached') AS active_breached,
    count(*) FILTER (state = 'paused') AS paused,
    count(*) FILTER (state = 'unknown') AS unknown,
    count(*) FILTER (state = 'met')
        / nullif(count(*) FILTER (state IN ('met', 'breached', 'active_breached')), 0) AS met_rate,
    quantile_cont(elapsed_us, 0.5) FILTER (state IN ('met', 'breached')) / 1e6
        AS elapsed_p50_s,
    CASE WHEN count(target_s) = count(*) AND min(target_s) = max(target_s) THEN min(target_s) END
        AS target_s,
    count(*) FILTER (is_first) AS tickets,
    count(*) FILTER (is_exact) / count(*) AS quality_share_exact
FROM promises
GROUP BY org_id, bucket, policy, metric, priority_at_activation
ORDER BY org_id, bucket NULLS FIRST, policy, priority_at_activation
