/*---
title = "Events of a ticket that share their instant and rank, as edges from the state before to after"
grain = "one row per ticket, instant and rank, of ties and of their neighbours"
internal = true
---*/
-- `prior` is the state the group starts from, `next` the one that follows it; NULL = not known.
CREATE OR REPLACE VIEW ticket_ties AS
WITH placed AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        moment,
        lag(moment) OVER in_time AS one_back,
        lag(moment, 2) OVER in_time AS two_back,
        lead(moment) OVER in_time AS one_on,
        lead(moment, 2) OVER in_time AS two_on
    FROM (
        SELECT
            org_id,
            ticket_id,
            event_id,
            struct_pack(event_at := event_at, rank := event_rank(event_type, 'ticket')) AS moment
        FROM ledger_events
        WHERE object_type = 'ticket'
    )
    WINDOW in_time AS (PARTITION BY org_id, ticket_id ORDER BY moment, event_id)
),
near_ties AS (
    SELECT org_id, ticket_id, event_id
    FROM placed
    WHERE moment = one_back OR moment = one_on OR one_back = two_back OR one_on = two_on
),
-- One macro a step: a macro repeats its argument for every field, and nested ones multiply.
told AS MATERIALIZED (
    SELECT
        i.org_id,
        i.ticket_id,
        i.event_at,
        i.rank,
        i.event_id,
        i.declares,
        i.previous_state = 'empty' AND s.trusts_empty AND NOT i.is_snapshot AS changes_nothing,
        s.unreported,
        ticket_before(i.image, i.declared, i.event_type, s.reads_keys) AS before,
        ticket_node(i.image, s.unreported) AS target
    FROM near_ties AS n
    JOIN ticket_images AS i
        ON i.org_id = n.org_id AND i.ticket_id = n.ticket_id AND i.event_id = n.event_id
    JOIN ticket_senders AS s ON s.org_id = i.org_id
),
edges AS (
    SELECT
        org_id,
        ticket_id,
        event_at,
        rank,
        event_id,
        CASE
            WHEN declares THEN ticket_node(before, unreported)
            WHEN changes_nothing THEN target
        END AS source,
        target
    FROM told
),
grouped AS (
    SELECT
        org_id,
        ticket_id,
        event_at,
        rank,
        list(event_id ORDER BY event_id) AS event_ids,
        list(source ORDER BY event_id) AS sources,
        list(target ORDER BY event_id) AS targets,
        count(*) FILTER (source IS NULL) AS open_edges
    FROM edges
    GROUP BY org_id, ticket_id, event_at, rank
),
ended AS (
    SELECT
        *,
        CASE
            WHEN len(event_ids) = 1 THEN sources
            WHEN open_edges > 0 THEN []
            ELSE list_filter(
                list_distinct(sources),
                lambda n: len(list_filter(sources, lambda s: s = n))
                    > len(list_filter(targets, lambda t: t = n))
            )
        END AS starts,
        CASE
            WHEN len(event_ids) = 1 THEN targets
            WHEN open_edges > 0 THEN []
            ELSE list_filter(
                list_distinct(targets),
                lambda n: len(list_filter(targets, lambda t: t = n))
                    > len(list_filter(sources, lambda s: s = n))
            )
        END AS ends
    FROM grouped
),
followed AS (
    SELECT
        *,
        CASE WHEN lead(len(starts)) OVER in_time = 1 THEN lead(starts[1]) OVER in_time END AS next
    FROM ended
    WINDOW in_time AS (PARTITION BY org_id, ticket_id ORDER BY event_at, rank)
),
-- A closed walk ends where it starts, so the state before it is the one after it, too.
bounded AS (
    SELECT
        *,
        nullif(
            last_value(
                CASE
                    WHEN len(ends) = 1 THEN ends[1]
                    WHEN open_edges > 0 THEN 0
                    WHEN contains(ends, next) THEN next
                    WHEN len(ends) > 1 THEN 0
                END IGNORE NULLS
            ) OVER (
                PARTITION BY org_id, ticket_id
                ORDER BY event_at, rank
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ),
            0
        ) AS prior
    FROM followed
),
-- An event that tells nothing of the state before it begins where others leave off: in a state that
-- is led to more often than left, if there is a choice not in one that it leads to itself. It changed
-- nothing if its own state is one and others lead to it. One after the other: those of which that is
-- so, then those with the fewest choices, each by id. Where many are told like this, none is known to
-- have changed anything.
reached AS (
    SELECT
        *,
        led_around(prior, next, sources, targets) AS around
    FROM bounded
)
SELECT
    org_id,
    ticket_id,
    event_at,
    rank,
    event_ids,
    list_transform(
        CASE
            WHEN len(event_ids) NOT BETWEEN 2 AND 32 OR open_edges NOT BETWEEN 1 AND 8 THEN sources
            ELSE list_reduce(
                list_sort(
                    list_transform(
                        list_filter(range(1, len(sources) + 1), lambda i: sources[i] IS NULL),
                        lambda i: [
                            silent_turn(
                                around, targets[i], downstream(sources, targets, targets[i])
                            )::UHUGEINT,
                            i::UHUGEINT
                        ]
                    )
                ),
                lambda filled, i: list_concat(
                    filled[1:i[2]::INTEGER - 1],
                    list_transform(
                        [led_around(prior, next, filled, targets)],
                        lambda a: left_off(
                            a,
                            targets[i[2]::INTEGER],
                            downstream(filled, targets, targets[i[2]::INTEGER])
                        )
                    ),
                    filled[i[2]::INTEGER + 1:]
                ),
                sources
            )
        END,
        lambda s, i: coalesce(s, targets[i])
    ) AS sources,
    targets,
    next,
    prior
FROM reached
