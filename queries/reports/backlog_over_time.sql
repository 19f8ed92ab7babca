/*---
title = "Backlog over time"
question = "How many tickets were unresolved, and what came in and went out, bucket by bucket?"
grain = "one row per organisation, bucket of time and value of the dimension"
key = ["org_id", "bucket_start_local", "bucket_start_utc", "dimension"]
cut_by = "bucket_start_local"

[params.from]
type = "TIMESTAMPTZ"
help = "the bucket of this instant comes first; default: the first arrival of the organisation"
optional = true

[params.to]
type = "TIMESTAMPTZ"
help = "buckets that begin before this instant; default: as_of, included"
optional = true

[params.grain]
type = "VARCHAR"
help = "hour, day, week (from Monday), month, quarter or year, in the report's time zone"
default = "day"
choices = ["hour", "day", "week", "month", "quarter", "year"]

[params.by]
type = "VARCHAR"
help = "also by status, assignee or priority; none: all together"
default = "none"
choices = ["none", "status", "assignee", "priority"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
bucket_start_local = { type = "TIMESTAMP", help = "start of the bucket on the clock of the time zone" }
bucket_start_utc = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the bucket" }
dimension = { type = "VARCHAR", help = "status, assignee or priority; NULL = none, or all together" }
opening = { type = "BIGINT", help = "unresolved tickets when the bucket begins" }
created = { type = "BIGINT", help = "tickets that arrived unresolved" }
reopened = { type = "BIGINT", help = "from closed back to an active status" }
restored = { type = "BIGINT", help = "back from the archive or from deletion to an active status" }
transfer_in = { type = "BIGINT", help = "came from another value of the dimension, or from a status that is none of the known ones" }
resolved = { type = "BIGINT", help = "closed" }
archived = { type = "BIGINT", help = "archived while unresolved" }
deleted = { type = "BIGINT", help = "deleted while unresolved" }
transfer_out = { type = "BIGINT", help = "went to another value of the dimension, or to a status that is none of the known ones" }
closing = { type = "BIGINT", help = "opening + created + reopened + restored + transfer_in - resolved - archived - deleted - transfer_out" }
quality_share_exact = { type = "DOUBLE", help = "share of these moves whose instant was seen; NULL = no move" }
---*/
WITH named AS (
    SELECT
        org_id,
        moved_at,
        place_before,
        place,
        is_exact,
        CASE $by::VARCHAR
            WHEN 'status' THEN status_before
            WHEN 'assignee' THEN assignee_before
            WHEN 'priority' THEN priority_before::VARCHAR
        END AS dimension_before,
        CASE $by::VARCHAR
            WHEN 'status' THEN status
            WHEN 'assignee' THEN assignee
            WHEN 'priority' THEN priority::VARCHAR
        END AS dimension
    FROM ticket_moves
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE moved_at <= $as_of::TIMESTAMPTZ
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
        AND (place_before = 'active' OR place = 'active')
),
moves AS (
    SELECT
        org_id,
        coalesce(h.bucket, bucket_of($grain::VARCHAR, moved_at)) AS bucket,
        is_exact,
        place_before,
        place,
        dimension_before,
        dimension,
        count(*) AS moved
    FROM named
    LEFT JOIN half_hours_of_buckets($grain::VARCHAR, $as_of::TIMESTAMPTZ) AS h
        ON h.half_hour = half_hour_of(moved_at)
    WHERE place_before IS DISTINCT FROM place OR dimension_before IS DISTINCT FROM dimension
    GROUP BY ALL
),
ends AS (
    SELECT
        org_id,
        bucket,
        is_exact,
        moved,
        unnest([
            {dimension: dimension_before, flow: exit_flow(place_before, place, false)},
            {dimension: dimension, flow: entry_flow(place_before, place, false)}
        ]) AS step
    FROM moves
),
flows AS (
    SELECT
        org_id,
        step.dimension AS dimension,
        bucket,
        sum(moved) FILTER (step.flow = 'created') AS created,
        sum(moved) FILTER (step.flow = 'reopened') AS reopened,
        sum(moved) FILTER (step.flow = 'restored') AS restored,
        sum(moved) FILTER (step.flow = 'transfer_in') AS transfer_in,
        sum(moved) FILTER (step.flow = 'resolved') AS resolved,
        sum(moved) FILTER (step.flow = 'archived') AS archived,
        sum(moved) FILTER (step.flow = 'deleted') AS deleted,
        sum(moved) FILTER (step.flow = 'transfer_out') AS transfer_out,
        sum(moved) FILTER (is_exact) AS exact
    FROM ends
    WHERE step.flow IS NOT NULL
    GROUP BY org_id, step.dimension, bucket
),
grid AS (
    SELECT
        v.org_id,
        v.dimension,
        unnest(shown_buckets(
            $grain::VARCHAR,
            s.first_bucket,
            $as_of::TIMESTAMPTZ,
            $from::TIMESTAMPTZ,
            $to::TIMESTAMPTZ
        )) AS bucket
    FROM (SELECT DISTINCT org_id, dimension FROM flows) AS v
    JOIN (SELECT org_id, min(bucket) AS first_bucket FROM flows GROUP BY org_id) AS s
        ON s.org_id = v.org_id
),
-- What is left of the flows before the first bucket shown.
openings AS (
    SELECT
        org_id,
        dimension,
        sum(
            coalesce(created, 0) + coalesce(reopened, 0) + coalesce(restored, 0)
            + coalesce(transfer_in, 0) - coalesce(resolved, 0) - coalesce(archived, 0)
            - coalesce(deleted, 0) - coalesce(transfer_out, 0)
        ) AS tickets
    FROM flows
    WHERE bucket < bucket_of($grain::VARCHAR, $from::TIMESTAMPTZ)
    GROUP BY org_id, dimension
),
counted AS (
    SELECT
        g.org_id,
        g.bucket,
        g.dimension,
        coalesce(f.created, 0)::BIGINT AS created,
        coalesce(f.reopened, 0)::BIGINT AS reopened,
        coalesce(f.restored, 0)::BIGINT AS restored,
        coalesce(f.transfer_in, 0)::BIGINT AS transfer_in,
        coalesce(f.resolved, 0)::BIGINT AS resolved,
        coalesce(f.archived, 0)::BIGINT AS archived,
        coalesce(f.deleted, 0)::BIGINT AS deleted,
        coalesce(f.transfer_out, 0)::BIGINT AS transfer_out,
        coalesce(f.exact, 0)::BIGINT AS exact,
        coalesce(o.tickets, 0) AS before
    FROM grid AS g
    LEFT JOIN flows AS f
        ON f.org_id = g.org_id
        AND f.bucket = g.bucket
        AND f.dimension IS NOT DISTINCT FROM g.dimension
    LEFT JOIN openings AS o
        ON o.org_id = g.org_id AND o.dimension IS NOT DISTINCT FROM g.dimension
),
summed AS (
    SELECT
        *,
        created + reopened + restored + transfer_in AS came,
        resolved + archived + deleted + transfer_out AS went,
        (
            before + sum(came - went) OVER (
                PARTITION BY org_id, dimension ORDER BY bucket ROWS UNBOUNDED PRECEDING
            )
        )::BIGINT AS closing
    FROM counted
)
SELECT
    org_id,
    bucket::TIMESTAMP AS bucket_start_local,
    bucket_start($grain::VARCHAR, bucket) AS bucket_start_utc,
    dimension,
    closing - came + went AS opening,
    created,
    reopened,
    restored,
    transfer_in,
    resolved,
    archived,
    deleted,
    transfer_out,
    closing,
    CASE WHEN came + went > 0 THEN exact / (came + went) END AS quality_share_exact
FROM summed
WHERE bucket < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
ORDER BY org_id, bucket, dimension NULLS FIRST
