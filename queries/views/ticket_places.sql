/*---
title = "The place of each event among those of its ticket that share its instant and rank"
grain = "one row per event of a tie"
internal = true
kept = true
---*/
-- Events are edges between states, so their order is an Euler trail. Of two events, the one that
-- starts from the state the other ends in follows it. For three and more, where links are missing,
-- edges through a hub (node 0) join all trails into one circuit; Hierholzer's algorithm walks it, one
-- step of every group per round, and it is cut at the hub again. A trail that starts from the state
-- before the tie comes first, one that ends in the state after it last.
CREATE OR REPLACE VIEW ticket_places AS
WITH RECURSIVE ties AS MATERIALIZED (
    FROM ticket_ties
    WHERE len(event_ids) > 1
),
pairs AS (
    SELECT
        *,
        CASE
            WHEN targets[1] = sources[2] AND targets[2] = sources[1]
            THEN sources[1] <> sources[2]
                AND (
                    coalesce(sources[2] = prior, false)
                    OR NOT coalesce(sources[1] = prior, false)
                    AND coalesce(sources[2] = next, false)
                )
            WHEN targets[1] = sources[2] THEN false
            WHEN targets[2] = sources[1] THEN true
            ELSE CASE WHEN sources[2] = prior THEN 0 WHEN targets[2] = next THEN 2 ELSE 1 END
                < CASE WHEN sources[1] = prior THEN 0 WHEN targets[1] = next THEN 2 ELSE 1 END
        END AS is_reversed
    FROM ties
    WHERE len(event_ids) = 2
),
numbered AS (
    SELECT
        org_id,
        ticket_id,
        event_at,
        rank,
        event_ids,
        sources,
        targets,
        prior,
        next,
        len(event_ids) AS size,
        list_distinct(list_concat(sources, targets)) AS nodes
    FROM ties
    WHERE len(event_ids) > 2
),
positioned AS (
    SELECT
        *,
        list_transform(sources, lambda s: list_position(nodes, s)) AS tails,
        list_transform(targets, lambda t: list_position(nodes, t)) AS heads,
        list_position(nodes, prior) AS prior_node,
        list_position(nodes, next) AS next_node
    FROM numbered
),
weighed AS (
    SELECT
        *,
        list_transform(
            range(1, len(nodes) + 1),
            lambda n: len(list_filter(tails, lambda t: t = n))
                - len(list_filter(heads, lambda h: h = n))
        ) AS surplus
    FROM positioned
),
joined AS (
    SELECT
        *,
        flatten(
            list_transform(
                list_filter(range(1, len(nodes) + 1), lambda n: surplus[n] < 0),
                lambda n: list_transform(range(-surplus[n]), lambda i: n)
            )
        ) AS to_hub,
        flatten(
            list_transform(
                list_concat(
                    list_filter([prior_node], lambda n: surplus[n] > 0),
                    list_filter(
                        list_transform(
                            list_filter(
                                range(1, size + 1),
                                lambda e: list_position(tails, tails[e]) = e
                            ),
                            lambda e: tails[e]
                        ),
                        lambda n: surplus[n] > 0 AND n IS DISTINCT FROM prior_node
                    )
                ),
                lambda n: list_transform(range(surplus[n]), lambda i: n)
            )
        ) AS from_hub
    FROM weighed
),
started AS (
    SELECT
        org_id,
        ticket_id,
        event_at,
        rank,
        list_concat(tails, to_hub, list_transform(from_hub, lambda n: 0)) AS tails,
        list_concat(heads, list_transform(to_hub, lambda n: 0), from_hub) AS heads,
        CASE
            WHEN len(from_hub) > 0 THEN 0
            WHEN contains(tails, prior_node) THEN prior_node
            WHEN contains(tails, next_node) THEN next_node
            ELSE tails[1]
        END AS start
    FROM joined
),
walk(org_id, ticket_id, event_at, rank, tails, heads, nodes, edges, unused, used)
    USING KEY (org_id, ticket_id, event_at, rank) AS (
    SELECT
        org_id,
        ticket_id,
        event_at,
        rank,
        tails,
        heads,
        [start],
        [0::BIGINT],
        range(1, len(tails) + 1),
        []::BIGINT[]
    FROM started
    UNION
    SELECT
        org_id,
        ticket_id,
        event_at,
        rank,
        tails,
        heads,
        CASE
            WHEN edge IS NOT NULL THEN list_append(nodes, heads[edge])
            WHEN len(nodes) > 0 THEN nodes[1:len(nodes) - 1]
            ELSE [tails[unused[1]]]
        END,
        CASE
            WHEN edge IS NOT NULL THEN list_append(edges, edge)
            WHEN len(nodes) > 0 THEN edges[1:len(edges) - 1]
            ELSE [0::BIGINT]
        END,
        CASE
            WHEN edge IS NOT NULL THEN list_filter(unused, lambda e: e <> edge)
            ELSE unused
        END,
        CASE
            WHEN edge IS NULL AND len(nodes) > 0 THEN list_append(used, edges[len(edges)])
            ELSE used
        END
    FROM (
        SELECT *, list_filter(unused, lambda e: tails[e] = nodes[len(nodes)])[1] AS edge
        FROM walk
        WHERE len(nodes) > 0 OR len(unused) > 0
    )
),
walked AS (
    SELECT
        n.*,
        unnest(list_reverse(w.used)) AS edge,
        unnest(range(1, len(w.used) + 1)) AS step
    FROM walk AS w
    JOIN numbered AS n
        ON n.org_id = w.org_id AND n.ticket_id = w.ticket_id
        AND n.event_at = w.event_at AND n.rank = w.rank
),
cut AS (
    SELECT
        *,
        count(CASE WHEN edge = 0 OR edge > size THEN 1 END) OVER (
            PARTITION BY org_id, ticket_id, event_at, rank
            ORDER BY step
            ROWS UNBOUNDED PRECEDING
        ) AS trail
    FROM walked
),
trails AS (
    SELECT
        *,
        first_value(sources[edge]) OVER whole = prior AS follows,
        last_value(targets[edge]) OVER whole = next AS leads,
        min(edge) OVER whole AS first_edge
    FROM cut
    WHERE edge BETWEEN 1 AND size
    WINDOW whole AS (
        PARTITION BY org_id, ticket_id, event_at, rank, trail
        ORDER BY step
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
)
SELECT
    org_id,
    ticket_id,
    unnest(event_ids) AS event_id,
    unnest(CASE WHEN is_reversed THEN [2, 1] ELSE [1, 2] END) AS place
FROM pairs
UNION ALL
SELECT
    org_id,
    ticket_id,
    event_ids[edge] AS event_id,
    row_number() OVER (
        PARTITION BY org_id, ticket_id, event_at, rank
        ORDER BY
            CASE WHEN follows THEN 0 WHEN leads THEN 2 ELSE 1 END,
            first_edge,
            step
    ) AS place
FROM trails
