/*---
title = "The backlog day by day: what was there, what came, what went"
grain = "one row per organisation, local day, status, priority and assignee with an unresolved ticket or a move; sums over any of the last three count moves between their values as transfers"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
day_at = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the local day" }
day_on = { type = "DATE", help = "local day" }
status = { type = "VARCHAR", help = "status of unresolved tickets" }
priority = { type = "INTEGER", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
assignee = { type = "VARCHAR", help = "who works on them; NULL = nobody" }
opening = { type = "BIGINT", help = "unresolved tickets when the day begins" }
created = { type = "BIGINT", help = "tickets that arrived unresolved" }
reopened = { type = "BIGINT", help = "from closed back to an active status" }
restored = { type = "BIGINT", help = "back from the archive or from deletion to an active status" }
transfer_in = { type = "BIGINT", help = "came from another status, priority or assignee" }
resolved = { type = "BIGINT", help = "closed" }
archived = { type = "BIGINT", help = "archived while unresolved" }
deleted = { type = "BIGINT", help = "deleted while unresolved" }
transfer_out = { type = "BIGINT", help = "went to another status, priority or assignee" }
closing = { type = "BIGINT", help = "opening + created + reopened + restored + transfer_in - resolved - archived - deleted - transfer_out" }
exact_moves = { type = "BIGINT", help = "of these moves, those whose instant was seen" }
---*/
WITH moves AS (
    SELECT
        org_id,
        date_trunc('day', moved_at) AS day_at,
        place_before,
        place,
        is_exact,
        struct_pack(
            status := status_before, priority := priority_before, assignee := holder_before
        ) AS value_before,
        struct_pack(status := status, priority := priority, assignee := holder) AS value
    FROM ticket_moves, asked_at AS a
    WHERE moved_at <= a.instant
),
steps AS (
    SELECT
        org_id,
        day_at,
        is_exact,
        unnest([
            {
                value: value_before,
                flow: exit_flow(place_before, place, value_before IS NOT DISTINCT FROM value)
            },
            {
                value: value,
                flow: entry_flow(place_before, place, value_before IS NOT DISTINCT FROM value)
            }
        ]) AS step
    FROM moves
),
flows AS (
    SELECT
        org_id,
        step.value AS value,
        day_at,
        count(*) FILTER (step.flow = 'created') AS created,
        count(*) FILTER (step.flow = 'reopened') AS reopened,
        count(*) FILTER (step.flow = 'restored') AS restored,
        count(*) FILTER (step.flow = 'transfer_in') AS transfer_in,
        count(*) FILTER (step.flow = 'resolved') AS resolved,
        count(*) FILTER (step.flow = 'archived') AS archived,
        count(*) FILTER (step.flow = 'deleted') AS deleted,
        count(*) FILTER (step.flow = 'transfer_out') AS transfer_out,
        count(*) FILTER (is_exact) AS exact_moves
    FROM steps
    WHERE step.flow IS NOT NULL
    GROUP BY org_id, step.value, day_at
),
stocks AS (
    SELECT
        *,
        created + reopened + restored + transfer_in
            - resolved - archived - deleted - transfer_out AS net,
        sum(net) OVER in_order AS closing,
        lead(day_at) OVER in_order AS next_day_at
    FROM flows
    WINDOW in_order AS (PARTITION BY org_id, value ORDER BY day_at)
),
days AS (
    SELECT
        s.org_id,
        s.value,
        s.closing,
        s.next_day_at,
        unnest(buckets(
            'day',
            s.day_at,
            CASE
                WHEN s.closing = 0 THEN s.day_at
                ELSE date_trunc(
                    'day', coalesce(s.next_day_at - INTERVAL 1 MICROSECOND, a.instant)
                )
            END
        )) AS day_at
    FROM stocks AS s, asked_at AS a
)
SELECT
    d.org_id,
    bucket_start('day', d.day_at) AS day_at,
    d.day_at::DATE AS day_on,
    d.value.status AS status,
    d.value.priority::INTEGER AS priority,
    d.value.assignee AS assignee,
    (d.closing - coalesce(f.net, 0))::BIGINT AS opening,
    coalesce(f.created, 0) AS created,
    coalesce(f.reopened, 0) AS reopened,
    coalesce(f.restored, 0) AS restored,
    coalesce(f.transfer_in, 0) AS transfer_in,
    coalesce(f.resolved, 0) AS resolved,
    coalesce(f.archived, 0) AS archived,
    coalesce(f.deleted, 0) AS deleted,
    coalesce(f.transfer_out, 0) AS transfer_out,
    d.closing::BIGINT AS closing,
    coalesce(f.exact_moves, 0) AS exact_moves
FROM days AS d
LEFT JOIN stocks AS f
    ON f.org_id = d.org_id
    AND f.value IS NOT DISTINCT FROM d.value
    AND f.day_at = d.day_at
WHERE d.next_day_at IS NULL OR d.day_at < d.next_day_at
ORDER BY org_id, day_at, status, priority, assignee
