/*---
title = "How a number of a ticket comes about that is made of two instants or of other numbers: these, the events that tell of them, the result"
grain = "one row per stretch or number it is made of, event that tells of it, and in the end the total of each ticket"

[params.ticket_id]
type = "VARCHAR"
help = "ticket"

[params.metric]
type = "VARCHAR"
help = "a number of ticket_metrics, without its unit"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
step = { type = "BIGINT", help = "1, 2, …: what it is made of; NULL = the total" }
kind = { type = "VARCHAR", help = "span: from one instant to another; number: of the ticket; event: tells of it; total" }
starts_at = { type = "TIMESTAMP WITH TIME ZONE", help = "start, or the instant of an event" }
ends_at = { type = "TIMESTAMP WITH TIME ZONE", help = "end" }
took_s = { type = "DOUBLE", unit = "s", help = "time; below zero when a due date was moved forward, or closing came before it" }
share = { type = "DOUBLE", help = "total that is a share" }
detail = { type = "VARCHAR", help = "what a span or number is; type of an event; how the total is made of them" }
event_id = { type = "VARCHAR", help = "event" }
source = { type = "VARCHAR", help = "file it came from" }
source_line = { type = "BIGINT", help = "line of it" }
---*/
WITH tickets_asked AS (
    SELECT
        m.org_id,
        m.ticket_id,
        m.born,
        m.first_known_at,
        m.finally_resolved,
        m.removed,
        coalesce(m.removed.instant, a.instant) AS ended_at
    FROM ticket_milestones AS m
    CROSS JOIN asked_at AS a
    WHERE m.ticket_id = $ticket_id AND ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
),
told AS (
    SELECT m.*
    FROM ticket_metrics AS m
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
),
due_dates AS (
    SELECT
        d.org_id,
        d.ticket_id,
        arg_min(struct_pack(at := d.due_date, event_id := d.event_id), d.version) AS first,
        arg_max(struct_pack(at := d.due_date, event_id := d.event_id), d.version) AS last
    FROM ticket_due_date_versions AS d
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE d.due_date IS NOT NULL AND d.due_date IS DISTINCT FROM d.former_due_date
    GROUP BY d.org_id, d.ticket_id
),
found AS (
    SELECT
        org_id,
        ticket_id,
        born.instant AS starts_at,
        ended_at AS ends_at,
        CASE
            WHEN removed IS NULL THEN 'creation to the instant asked for'
            ELSE 'creation to archive or deletion'
        END AS detail,
        [born.event_id, removed.event_id] AS event_ids
    FROM tickets_asked
    WHERE $metric = 'age'
    UNION ALL BY NAME
    SELECT
        org_id,
        ticket_id,
        born.instant AS starts_at,
        least(first_known_at, ended_at) AS ends_at,
        'creation to the first known state' AS detail,
        [born.event_id] AS event_ids
    FROM tickets_asked
    WHERE $metric = 'unseen_time'
    UNION ALL BY NAME
    SELECT
        org_id,
        ticket_id,
        first.at AS starts_at,
        last.at AS ends_at,
        'first to last due date' AS detail,
        [first.event_id, last.event_id] AS event_ids
    FROM due_dates
    WHERE $metric = 'due_date_slippage' AND first.at IS NOT NULL
    UNION ALL BY NAME
    SELECT
        t.org_id,
        t.ticket_id,
        m.due_date AS starts_at,
        t.finally_resolved.instant AS ends_at,
        'due date to closing' AS detail,
        [d.last.event_id, t.finally_resolved.event_id] AS event_ids
    FROM tickets_asked AS t
    JOIN due_dates AS d ON d.org_id = t.org_id AND d.ticket_id = t.ticket_id
    JOIN told AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
    WHERE $metric = 'lateness' AND m.lateness_s IS NOT NULL
    UNION ALL BY NAME
    SELECT
        org_id,
        ticket_id,
        unnest([coalesce(agent_work_time_calendar_s, 0), lead_time_calendar_s]) AS took_s,
        unnest(['agent_work_time', 'lead_time']) AS detail
    FROM told
    WHERE $metric = 'flow_efficiency' AND flow_efficiency IS NOT NULL
    UNION ALL BY NAME
    SELECT
        g.org_id,
        g.ticket_id,
        g.gap_after AS starts_at,
        g.gap_before AS ends_at,
        concat('gap: ', array_to_string(g.fields, ', ')) AS detail,
        [g.former_event_id, g.event_id] AS event_ids
    FROM ticket_gaps AS g
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE $metric IN ('coverage', 'completeness')
    UNION ALL BY NAME
    SELECT
        c.org_id,
        c.ticket_id,
        unnest(CASE WHEN $metric = 'coverage' THEN [c.age_us] ELSE [c.head_us, c.age_us] END)
            / 1e6 AS took_s,
        unnest(
            CASE
                WHEN $metric = 'coverage' THEN ['life up to deletion']
                ELSE ['before the first event', 'life up to deletion']
            END
        ) AS detail
    FROM ticket_completeness AS c
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE $metric IN ('coverage', 'completeness')
),
numbered AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY org_id, ticket_id ORDER BY starts_at NULLS LAST, detail, event_ids
        ) AS step
    FROM found
),
steps AS (
    SELECT
        org_id,
        ticket_id,
        step,
        1 AS part,
        CASE WHEN starts_at IS NULL THEN 'number' ELSE 'span' END AS kind,
        starts_at,
        ends_at,
        coalesce(took_s, (epoch_us(ends_at) - epoch_us(starts_at)) / 1e6) AS took_s,
        detail
    FROM numbered
    UNION ALL BY NAME
    SELECT
        n.org_id,
        n.ticket_id,
        n.step,
        2 AS part,
        'event' AS kind,
        e.event_at AS starts_at,
        e.event_type AS detail,
        e.event_id,
        e.source,
        e.source_line
    FROM (
        SELECT DISTINCT org_id, ticket_id, step, unnest(event_ids) AS event_id
        FROM numbered
    ) AS n
    JOIN ledger_events AS e ON e.event_id = n.event_id
    UNION ALL BY NAME
    SELECT
        org_id,
        ticket_id,
        3 AS part,
        'total' AS kind,
        CASE $metric
            WHEN 'age' THEN age_s
            WHEN 'unseen_time' THEN unseen_time_s
            WHEN 'due_date_slippage' THEN due_date_slippage_s
            WHEN 'lateness' THEN lateness_s
        END AS took_s,
        CASE $metric
            WHEN 'flow_efficiency' THEN flow_efficiency
            WHEN 'coverage' THEN coverage
            WHEN 'completeness' THEN completeness
        END AS share,
        CASE
            WHEN coalesce(took_s, share) IS NULL THEN 'did not happen'
            WHEN $metric = 'flow_efficiency' THEN 'agent_work_time / lead_time'
            WHEN $metric = 'coverage' THEN '1 - time inside gaps / life'
            WHEN $metric = 'completeness'
            THEN '1 - (time inside gaps + before the first event) / life'
            WHEN $metric = 'lateness' AND took_s = 0 THEN 'in time'
        END AS detail
    FROM told
)
SELECT
    org_id,
    ticket_id,
    step,
    kind,
    starts_at,
    ends_at,
    took_s,
    share,
    detail,
    event_id,
    source,
    source_line
FROM steps
ORDER BY org_id, ticket_id, step NULLS LAST, part, starts_at, event_id
