/*---
title = "How the clock of a promise came to what it shows: every stretch, the open hours in it, the events, the end"
grain = "one row per instance, stretch, stretch of open hours within it, event that begins one, and in the end what became of the instance"

[params.ticket_id]
type = "VARCHAR"
help = "ticket"

[params.policy]
type = "VARCHAR"
help = "SLA policy"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
instance = { type = "BIGINT", help = "as in sla" }
step = { type = "BIGINT", help = "1, 2, …: the stretches, cut wherever the ticket or the last speaker changed; NULL = the end" }
kind = { type = "VARCHAR", help = "run: the clock runs; pause: it stands still; open: hours of the calendar in it; event: begins it; total" }
starts_at = { type = "TIMESTAMP WITH TIME ZONE", help = "start, or the instant of an event; of the total, when the promise was or will be broken" }
ends_at = { type = "TIMESTAMP WITH TIME ZONE", help = "end; of a stretch that goes on as_of" }
business_s = { type = "DOUBLE", unit = "s", help = "what the clock gained; of a due date calendar time" }
elapsed_s = { type = "DOUBLE", unit = "s", help = "what it showed in the end" }
target_s = { type = "DOUBLE", unit = "s", help = "target; NULL = none, or a due date" }
due_date = { type = "TIMESTAMP WITH TIME ZONE", help = "due date, of a policy on due dates" }
detail = { type = "VARCHAR", help = "status and last speaker, why it stands still, calendar, type of an event, state of the promise" }
event_id = { type = "VARCHAR", help = "event" }
source = { type = "VARCHAR", help = "file it came from" }
source_line = { type = "BIGINT", help = "line of it" }
---*/
WITH promises AS MATERIALIZED (
    SELECT *
    FROM sla
    WHERE policy = $policy
        AND ticket_id = $ticket_id
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
stretches AS MATERIALIZED (
    SELECT
        s.*,
        p.org_id,
        p.ticket_id,
        p.metric,
        p.instance,
        p.calendar,
        row_number() OVER (PARTITION BY p.org_id, p.instance ORDER BY s.since) AS step
    FROM promises AS p
    JOIN sla_instances AS i
        ON i.policy = p.policy
        AND i.org_id = p.org_id
        AND i.ticket_id = p.ticket_id
        AND i.instance = p.instance
    JOIN sla_segments AS s ON s.promise = i.promise
),
steps AS (
    SELECT
        org_id,
        ticket_id,
        instance,
        step,
        1 AS part,
        CASE WHEN is_running THEN 'run' ELSE 'pause' END AS kind,
        since AS starts_at,
        upto AS ends_at,
        spent_us,
        before_us + spent_us AS elapsed_us,
        CASE WHEN metric <> 'due_date' THEN target_us END AS target_us,
        CASE WHEN metric = 'due_date' THEN due_date END AS due_date,
        coalesce(
            paused_reason, concat(coalesce(status, '(no status)'), ', ', last_speaker, ' spoke last')
        ) AS detail
    FROM stretches
    UNION ALL BY NAME
    SELECT
        s.org_id,
        s.ticket_id,
        s.instance,
        s.step,
        2 AS part,
        'open' AS kind,
        greatest(s.since, g.open_at) AS starts_at,
        least(s.upto, g.close_at) AS ends_at,
        microseconds_between(starts_at, ends_at) AS spent_us,
        s.calendar AS detail
    FROM stretches AS s
    JOIN calendar_segments AS g
        ON g.calendar = s.calendar AND g.open_at < s.upto AND g.close_at > s.since
    WHERE s.is_running
        AND s.metric <> 'due_date'
        AND s.spent_us <> microseconds_between(s.since, s.upto)
    UNION ALL BY NAME
    SELECT
        s.org_id,
        s.ticket_id,
        s.instance,
        s.step,
        3 AS part,
        'event' AS kind,
        e.event_at AS starts_at,
        e.event_type AS detail,
        e.event_id,
        e.source,
        e.source_line
    FROM stretches AS s
    JOIN ledger_events AS e ON e.event_id = s.event_id
    UNION ALL BY NAME
    SELECT
        org_id,
        ticket_id,
        instance,
        4 AS part,
        'total' AS kind,
        breach_at AS starts_at,
        ended_at AS ends_at,
        round(elapsed_s * 1e6)::BIGINT AS elapsed_us,
        round(target_s * 1e6)::BIGINT AS target_us,
        due_date,
        state AS detail,
        end_event_id AS event_id
    FROM promises
)
SELECT
    org_id,
    ticket_id,
    instance,
    step,
    kind,
    starts_at,
    ends_at,
    spent_us / 1e6 AS business_s,
    elapsed_us / 1e6 AS elapsed_s,
    target_us / 1e6 AS target_s,
    due_date,
    detail,
    event_id,
    source,
    source_line
FROM steps
ORDER BY org_id, ticket_id, instance, step NULLS LAST, part, starts_at, event_id
