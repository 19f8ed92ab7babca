/*---
title = "How a count of a ticket comes about: what it counts, one by one, the events that tell of it, the sum"
grain = "one row per move, assignee, message, turn, gap or change of a due date that counts, event that tells of it, and in the end the total of each ticket"

[params.ticket_id]
type = "VARCHAR"
help = "ticket"

[params.metric]
type = "VARCHAR"
help = "a count of ticket_metrics"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
step = { type = "BIGINT", help = "1, 2, …: what is counted; NULL = the total" }
kind = { type = "VARCHAR", help = "move, assignee, message, turn, gap, due date: counts one; event: tells of it; total" }
starts_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant, or start" }
ends_at = { type = "TIMESTAMP WITH TIME ZONE", help = "end of a turn or gap" }
counted = { type = "BIGINT", help = "what is counted" }
detail = { type = "VARCHAR", help = "change of a move; who; fields that a gap hides; old and new due date; type of an event" }
event_id = { type = "VARCHAR", help = "event" }
source = { type = "VARCHAR", help = "file it came from" }
source_line = { type = "BIGINT", help = "line of it" }
---*/
WITH tickets_asked AS (
    SELECT org_id, ticket_id, place
    FROM ticket_milestones
    WHERE ticket_id = $ticket_id AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
found AS (
    SELECT
        c.org_id,
        c.ticket_id,
        'move' AS kind,
        c.told.instant AS starts_at,
        NULL::TIMESTAMPTZ AS ends_at,
        c.version AS position,
        CASE
            WHEN c.name IN ('resolutions', 'reopens', 'unarchives')
            THEN concat(coalesce(c.status_before, '(none)'), ' > ', c.status)
            WHEN c.name = 'priority_escalations'
            THEN concat(c.priority_before, ' > ', c.priority)
            ELSE concat(coalesce(c.holder_before, '(nobody)'), ' > ', c.holder)
        END AS detail,
        [c.told.event_id] AS event_ids
    FROM ticket_counted_moves AS c
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE c.name = $metric
    UNION ALL BY NAME
    SELECT
        m.org_id,
        m.ticket_id,
        'assignee' AS kind,
        arg_min(m.told.instant, m.version) AS starts_at,
        min(m.version) AS position,
        m.holder AS detail,
        [arg_min(m.told.event_id, m.version)] AS event_ids
    FROM ticket_moves AS m
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE $metric = 'unique_assignees' AND m.holder IS NOT NULL AND m.place <> 'deleted'
    GROUP BY m.org_id, m.ticket_id, m.holder
    UNION ALL BY NAME
    SELECT
        c.org_id,
        c.ticket_id,
        'message' AS kind,
        c.sent_at AS starts_at,
        0 AS position,
        coalesce(c.agent, CASE WHEN c.is_agent THEN 'the team' ELSE 'the customer' END) AS detail,
        [c.event_id] AS event_ids
    FROM ticket_conversations AS c
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    JOIN ticket_births AS b ON b.org_id = c.org_id AND b.ticket_id = c.ticket_id
    WHERE $metric = CASE WHEN c.is_agent THEN 'agent_messages' ELSE 'customer_messages' END
        AND (c.sent_at > b.born_at OR (c.sent_at = b.born_at AND NOT c.is_agent))
    UNION ALL BY NAME
    SELECT
        s.org_id,
        s.ticket_id,
        'turn' AS kind,
        s.since AS starts_at,
        s.until AS ends_at,
        s.turn AS position,
        concat_ws(', ', s.agent, concat(s.messages, ' messages')) AS detail,
        [s.event_id] AS event_ids
    FROM ticket_turns AS s
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE $metric = 'agent_replies' AND s.is_agent
    UNION ALL BY NAME
    SELECT
        m.org_id,
        m.ticket_id,
        'turn' AS kind,
        m.began.instant AS starts_at,
        m.ended.instant AS ends_at,
        m.instance AS position,
        'replied to' AS detail,
        [m.began.event_id, m.ended.event_id] AS event_ids
    FROM metric_measures AS m
    JOIN tickets_asked AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
    WHERE $metric = 'reply_turns'
        AND metric_names(m.metric, m.value, m.outcome, t.place)[1] = 'total_reply_time'
    UNION ALL BY NAME
    SELECT
        g.org_id,
        g.ticket_id,
        'gap' AS kind,
        g.gap_after AS starts_at,
        g.gap_before AS ends_at,
        0 AS position,
        array_to_string(g.fields, ', ') AS detail,
        [g.former_event_id, g.event_id] AS event_ids
    FROM ticket_gaps AS g
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE $metric = 'gaps'
    UNION ALL BY NAME
    SELECT
        d.org_id,
        d.ticket_id,
        'due date' AS kind,
        d.valid_from AS starts_at,
        d.version AS position,
        concat(
            coalesce(d.former_due_date::VARCHAR, '(none)'),
            ' > ',
            coalesce(d.due_date::VARCHAR, '(none)')
        ) AS detail,
        [d.event_id] AS event_ids
    FROM ticket_due_date_versions AS d
    SEMI JOIN tickets_asked USING (org_id, ticket_id)
    WHERE ($metric = 'due_date_changes' AND d.is_change)
        OR ($metric = 'late_postponements' AND d.is_late_postponement)
),
numbered AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY org_id, ticket_id ORDER BY starts_at, position, detail, event_ids
        ) AS step
    FROM found
),
steps AS (
    SELECT * EXCLUDE (position, event_ids), 1 AS part, 1 AS counted
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
        t.org_id,
        t.ticket_id,
        3 AS part,
        'total' AS kind,
        count(n.step) AS counted
    FROM tickets_asked AS t
    LEFT JOIN numbered AS n ON n.org_id = t.org_id AND n.ticket_id = t.ticket_id
    GROUP BY t.org_id, t.ticket_id
)
SELECT
    org_id,
    ticket_id,
    step,
    kind,
    starts_at,
    ends_at,
    counted::BIGINT AS counted,
    detail,
    event_id,
    source,
    source_line
FROM steps
ORDER BY org_id, ticket_id, step NULLS LAST, part, starts_at, event_id
