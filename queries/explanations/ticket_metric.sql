/*---
title = "How a metric of a ticket comes about: its spans, the open hours in them, the events, the sum"
grain = "one row per span, stretch of open hours within it, event that begins or ends it, and in the end the total of each ticket"

[params.ticket_id]
type = "VARCHAR"
help = "ticket"

[params.metric]
type = "VARCHAR"
help = "a duration of ticket_metrics, or a metric of metric_events"

[params.is_of_ledger]
type = "BOOLEAN"
help = "the metric is named as in metric_events"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
step = { type = "BIGINT", help = "1, 2, …: the spans that are summed; NULL = the total" }
kind = { type = "VARCHAR", help = "span; open: hours of the calendar in it; event: tells of it; total" }
starts_at = { type = "TIMESTAMP WITH TIME ZONE", help = "start, or the instant of an event" }
ends_at = { type = "TIMESTAMP WITH TIME ZONE", help = "end; of a span that runs as_of" }
calendar_s = { type = "DOUBLE", unit = "s", help = "time" }
business_s = { type = "DOUBLE", unit = "s", help = "of it open hours" }
low_s = { type = "DOUBLE", unit = "s", help = "it took no less" }
high_s = { type = "DOUBLE", unit = "s", help = "it took no more; NULL = unknown" }
detail = { type = "VARCHAR", help = "state and outcome of a span; type of an event; quality of the total" }
event_id = { type = "VARCHAR", help = "event" }
source = { type = "VARCHAR", help = "file it came from" }
source_line = { type = "BIGINT", help = "line of it" }
---*/
WITH tickets_asked AS (
    SELECT org_id, ticket_id, place
    FROM ticket_milestones
    WHERE ticket_id = $ticket_id AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
spans AS MATERIALIZED (
    SELECT
        m.*,
        row_number() OVER (
            PARTITION BY m.org_id ORDER BY m.began.instant, m.metric, m.value, m.instance
        ) AS step
    FROM metric_measures AS m
    JOIN tickets_asked AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
    WHERE ($is_of_ledger::BOOLEAN AND m.metric = $metric)
        OR list_contains(metric_names(m.metric, m.value, m.outcome, t.place), $metric)
),
causes AS (
    SELECT org_id, ticket_id, step, began.event_id AS event_id
    FROM spans
    UNION
    SELECT org_id, ticket_id, step, ended.event_id
    FROM spans
),
steps AS (
    SELECT
        org_id,
        ticket_id,
        step,
        1 AS part,
        'span' AS kind,
        began.instant AS starts_at,
        ended.instant AS ends_at,
        calendar_us,
        business_us,
        low_us,
        high_us,
        concat_ws(', ', value, CASE outcome
            WHEN 'fulfil' THEN 'done'
            WHEN 'cancel' THEN 'cancelled'
            WHEN 'run' THEN CASE WHEN ended.event_id IS NULL THEN 'runs' END
        END) AS detail
    FROM spans
    UNION ALL BY NAME
    SELECT
        s.org_id,
        s.ticket_id,
        s.step,
        2 AS part,
        'open' AS kind,
        greatest(s.began.instant, g.open_at) AS starts_at,
        least(s.ended.instant, g.close_at) AS ends_at,
        NULL AS calendar_us,
        microseconds_between(starts_at, ends_at) AS business_us,
        s.calendar AS detail
    FROM spans AS s
    JOIN calendar_segments AS g
        ON g.calendar = s.calendar
        AND g.open_at < s.ended.instant
        AND g.close_at > s.began.instant
    WHERE s.business_us <> s.calendar_us
    UNION ALL BY NAME
    SELECT
        c.org_id,
        c.ticket_id,
        c.step,
        3 AS part,
        'event' AS kind,
        e.event_at AS starts_at,
        e.event_type AS detail,
        e.event_id,
        e.source,
        e.source_line
    FROM causes AS c
    JOIN ledger_events AS e ON e.event_id = c.event_id
    UNION ALL BY NAME
    SELECT
        t.org_id,
        t.ticket_id,
        4 AS part,
        'total' AS kind,
        sum(s.calendar_us)::BIGINT AS calendar_us,
        sum(s.business_us)::BIGINT AS business_us,
        sum(s.low_us)::BIGINT AS low_us,
        CASE WHEN count(s.high_us) = count(s.step) THEN sum(s.high_us)::BIGINT END AS high_us,
        CASE
            WHEN count(s.step) > 0
            THEN duration_quality(
                sum(s.low_us), CASE WHEN count(s.high_us) = count(s.step) THEN sum(s.high_us) END
            )
            ELSE 'did not happen'
        END AS detail
    FROM tickets_asked AS t
    LEFT JOIN spans AS s ON s.org_id = t.org_id AND s.ticket_id = t.ticket_id
    GROUP BY t.org_id, t.ticket_id
)
SELECT
    org_id,
    ticket_id,
    step,
    kind,
    starts_at,
    ends_at,
    calendar_us / 1e6 AS calendar_s,
    business_us / 1e6 AS business_s,
    low_us / 1e6 AS low_s,
    high_us / 1e6 AS high_s,
    detail,
    event_id,
    source,
    source_line
FROM steps
ORDER BY org_id, ticket_id, step NULLS LAST, part, starts_at, event_id
