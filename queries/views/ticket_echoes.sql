/*---
title = "Events that tell late what another has told, as the ticket was before what happened since"
grain = "one row per event"
internal = true
kept = true
---*/
-- Two hooks, or a hook and the audit log, tell two changes a moment apart: 1, 2, 1, 2. The second 1
-- shows the ticket as it was before 2. It tells a step that was told within five seconds before, and
-- both what it says was before and what it shows differ from what the last event before it shows that
-- tells a step for the first time. Such an event says nothing of the ticket any more. A ticket that
-- truly went back to where it was is told from it by the step back, which was told, too.
CREATE OR REPLACE VIEW ticket_echoes AS
WITH bursts AS (
    SELECT org_id, ticket_id, event_id
    FROM ticket_images
    WINDOW in_time AS (PARTITION BY org_id, ticket_id ORDER BY event_at)
    QUALIFY event_at - lag(event_at) OVER in_time <= INTERVAL 5 SECONDS
        OR lead(event_at) OVER in_time - event_at <= INTERVAL 5 SECONDS
),
placed AS (
    SELECT
        org_id,
        ticket_id,
        event_at,
        rank,
        place,
        event_id,
        told_values(image, declared) AS told
    FROM ticket_placed_images
    SEMI JOIN bursts USING (org_id, ticket_id, event_id)
),
-- A sender may tell the old values of properties by key, the new ones whole: they are not compared.
lines AS (
    SELECT
        *,
        list_transform(told, lambda each: {'field': each.field, 'value': each.shown}) AS shows,
        list_transform(
            list_filter(
                told, lambda each: each.is_claimed AND each.field <> 'custom_properties'
            ),
            lambda each: {'field': each.field, 'value': each.claimed}
        ) AS claims
    FROM placed
),
steps AS (
    SELECT * EXCLUDE (told), unnest(told, recursive := true)
    FROM placed
),
paired AS (
    SELECT
        org_id,
        ticket_id,
        event_id,
        lag(event_id) OVER alike AS first_id,
        event_at - lag(event_at) OVER alike AS apart
    FROM steps
    WHERE is_claimed AND claimed IS DISTINCT FROM shown
    WINDOW alike AS (
        PARTITION BY org_id, ticket_id, field, claimed, shown
        ORDER BY event_at, rank, place, event_id
    )
),
again AS (
    SELECT DISTINCT d.org_id, d.ticket_id, d.event_id
    FROM paired AS d
    JOIN lines AS one
        ON one.org_id = d.org_id AND one.ticket_id = d.ticket_id AND one.event_id = d.first_id
    JOIN lines AS two
        ON two.org_id = d.org_id AND two.ticket_id = d.ticket_id AND two.event_id = d.event_id
    WHERE d.apart <= INTERVAL 5 SECONDS
        AND NOT tells_otherwise(one.shows, two.shows)
        AND NOT tells_otherwise(one.claims, two.claims)
),
led AS (
    SELECT
        i.org_id,
        i.ticket_id,
        i.event_id,
        i.shows,
        i.claims,
        g.event_id IS NOT NULL AS is_again,
        last_value(CASE WHEN g.event_id IS NULL THEN i.shows END IGNORE NULLS) OVER (
            PARTITION BY i.org_id, i.ticket_id
            ORDER BY i.event_at, i.rank, i.place, i.event_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS last_shows
    FROM lines AS i
    SEMI JOIN again AS t ON t.org_id = i.org_id AND t.ticket_id = i.ticket_id
    LEFT JOIN again AS g
        ON g.org_id = i.org_id AND g.ticket_id = i.ticket_id AND g.event_id = i.event_id
)
SELECT org_id, ticket_id, event_id
FROM led
WHERE is_again
    AND tells_otherwise(claims, last_shows)
    AND tells_otherwise(shows, last_shows)
