/*---
title = "Cumulative flow"
question = "How many tickets are in each status over time, and does more come in than goes out?"
grain = "one row per organisation and bucket of time"
key = ["org_id", "bucket_start_local", "bucket_start_utc"]
cut_by = "bucket_start_local"

[params.from]
type = "TIMESTAMPTZ"
help = "buckets from the one with this instant on; default: the first with a ticket"
optional = true

[params.to]
type = "TIMESTAMPTZ"
help = "buckets that begin before this instant; default: up to as_of"
optional = true

[params.grain]
type = "VARCHAR"
help = "length of a bucket, on the clock of the time zone; weeks begin on Monday"
default = "day"
choices = ["hour", "day", "week", "month", "quarter", "year"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
bucket_start_local = { type = "TIMESTAMP", help = "start of the bucket on the clock of the time zone" }
bucket_start_utc = { type = "TIMESTAMP WITH TIME ZONE", help = "the same instant" }
open = { type = "BIGINT", help = "tickets with this status when the bucket ends, at as_of in the last one" }
inprogress = { type = "BIGINT", help = "the same" }
closed = { type = "BIGINT", help = "resolved, whatever the status is called" }
archived = { type = "BIGINT", help = "removed, whatever the status is called" }
other = { type = "BIGINT", help = "any other status, unresolved or not, or none" }
deleted = { type = "BIGINT", help = "deleted, whatever the status" }
arrivals_cum = { type = "BIGINT", help = "tickets that ever were unresolved by then" }
departures_cum = { type = "BIGINT", help = "of these, tickets that are not any more" }
wip = { type = "BIGINT", help = "arrivals_cum - departures_cum: the unresolved" }
approx_lead_s = { type = "DOUBLE", unit = "s", help = "horizontal distance of the two curves: how long before the end of the bucket as many tickets had arrived as have departed; NULL = none departed" }
---*/
WITH moves AS (
    SELECT
        org_id,
        ticket_id,
        version,
        coalesce(h.bucket, bucket_of($grain::VARCHAR, moved_at)) AS bucket,
        place_before,
        status_before,
        place,
        status
    FROM ticket_moves
    LEFT JOIN half_hours_of_buckets($grain::VARCHAR, $as_of::TIMESTAMPTZ) AS h
        ON h.half_hour = half_hour_of(moved_at)
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE moved_at <= $as_of::TIMESTAMPTZ
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
        AND (
            place IS DISTINCT FROM place_before -- others move nothing
            OR status IS DISTINCT FROM status_before
        )
),
arrived AS (
    SELECT org_id, arg_min(bucket, version) AS bucket
    FROM moves
    WHERE place = 'active' AND place_before <> 'active'
    GROUP BY org_id, ticket_id
),
counted AS (
    SELECT
        org_id,
        bucket,
        place_before,
        status_before,
        place,
        status,
        count(*) AS moved
    FROM moves
    GROUP BY org_id, bucket, place_before, status_before, place, status
),
steps AS (
    SELECT
        org_id,
        bucket,
        unnest([
            {band: status_band(place_before, status_before), change: -moved},
            {band: status_band(place, status), change: moved},
            {
                band: 'wip',
                change: moved * ((place = 'active')::INTEGER - (place_before = 'active')::INTEGER)
            }
        ], max_depth := 2)
    FROM counted
    UNION ALL
    SELECT org_id, bucket, 'arrivals', count(*)
    FROM arrived
    GROUP BY org_id, bucket
),
changes AS (
    SELECT
        org_id,
        bucket,
        sum(change) FILTER (band = 'open') AS open,
        sum(change) FILTER (band = 'inprogress') AS inprogress,
        sum(change) FILTER (band = 'closed') AS closed,
        sum(change) FILTER (band = 'archived') AS archived,
        sum(change) FILTER (band = 'other') AS other,
        sum(change) FILTER (band = 'deleted') AS deleted,
        sum(change) FILTER (band = 'wip') AS wip,
        sum(change) FILTER (band = 'arrivals') AS arrivals
    FROM steps
    GROUP BY org_id, bucket
),
-- Of the buckets that are not shown those in which something changed, and where they end.
grid AS (
    SELECT
        org_id,
        unnest(shown_buckets(
            $grain::VARCHAR,
            min(bucket),
            $as_of::TIMESTAMPTZ,
            $from::TIMESTAMPTZ,
            $to::TIMESTAMPTZ + ('1 ' || $grain::VARCHAR)::INTERVAL -- where the last one ends
        )) AS bucket
    FROM changes
    GROUP BY org_id
    UNION
    SELECT
        org_id,
        unnest(
            buckets($grain::VARCHAR, bucket, bucket + ('2 ' || $grain::VARCHAR)::INTERVAL)[:2]
        ) AS bucket
    FROM changes
),
summed AS (
    SELECT
        g.org_id,
        g.bucket,
        coalesce(sum(c.open) OVER so_far, 0)::BIGINT AS open,
        coalesce(sum(c.inprogress) OVER so_far, 0)::BIGINT AS inprogress,
        coalesce(sum(c.closed) OVER so_far, 0)::BIGINT AS closed,
        coalesce(sum(c.archived) OVER so_far, 0)::BIGINT AS archived,
        coalesce(sum(c.other) OVER so_far, 0)::BIGINT AS other,
        coalesce(sum(c.deleted) OVER so_far, 0)::BIGINT AS deleted,
        coalesce(sum(c.wip) OVER so_far, 0)::BIGINT AS wip,
        coalesce(sum(c.arrivals) OVER so_far, 0)::BIGINT AS arrivals_cum,
        least(
            lead(g.bucket, 1, 'infinity'::TIMESTAMPTZ) OVER in_order, $as_of::TIMESTAMPTZ
        ) AS ends_at
    FROM grid AS g
    LEFT JOIN changes AS c ON c.org_id = g.org_id AND c.bucket = g.bucket
    WINDOW
        in_order AS (PARTITION BY g.org_id ORDER BY g.bucket),
        so_far AS (PARTITION BY g.org_id ORDER BY g.bucket ROWS UNBOUNDED PRECEDING)
),
reached AS (
    SELECT org_id, arrivals_cum, min(ends_at) AS reached_at
    FROM summed
    GROUP BY org_id, arrivals_cum
)
SELECT
    s.org_id,
    s.bucket::TIMESTAMP AS bucket_start_local,
    bucket_start($grain::VARCHAR, s.bucket) AS bucket_start_utc,
    s.open,
    s.inprogress,
    s.closed,
    s.archived,
    s.other,
    s.deleted,
    s.arrivals_cum,
    s.arrivals_cum - s.wip AS departures_cum,
    s.wip,
    CASE
        WHEN s.arrivals_cum > s.wip THEN microseconds_between(r.reached_at, s.ends_at) / 1e6
    END AS approx_lead_s
FROM summed AS s
ASOF LEFT JOIN reached AS r
    ON r.org_id = s.org_id AND s.arrivals_cum - s.wip <= r.arrivals_cum
WHERE s.bucket
    >= bucket_of($grain::VARCHAR, coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ))
    AND s.bucket < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
    AND s.bucket <= $as_of::TIMESTAMPTZ
ORDER BY s.org_id, s.bucket
