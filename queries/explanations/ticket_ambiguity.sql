/*---
title = "Which messages of its chat could be about a ticket or about another, the events that tell of them, the sum"
grain = "one row per message that counts for no ticket, event that tells of it, and in the end the total of each ticket"

[params.ticket_id]
type = "VARCHAR"
help = "ticket"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
ticket_id = { type = "VARCHAR", help = "ticket" }
step = { type = "BIGINT", help = "1, 2, …: what is counted; NULL = the total" }
kind = { type = "VARCHAR", help = "message: counts one; event: tells of it; total" }
starts_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant" }
counted = { type = "BIGINT", help = "what is counted" }
detail = { type = "VARCHAR", help = "who sent it, and which tickets of the chat were active; type of an event" }
event_id = { type = "VARCHAR", help = "event" }
source = { type = "VARCHAR", help = "file it came from" }
source_line = { type = "BIGINT", help = "line of it" }
---*/
-- As `ticket_ambiguities` counts them: an agent's message that the ticket was made of is its own.
WITH tickets_asked AS (
    SELECT org_id, ticket_id, quoted_id(quoted_message_id) AS quoted_id
    FROM tickets_all
    WHERE ticket_id = $ticket_id AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
found AS (
    SELECT t.org_id, t.ticket_id, s.chat_id, s.reached_at, s.message_id, s.is_agent, s.agent, s.event_id
    FROM tickets_asked AS t
    JOIN ticket_activity AS a ON a.org_id = t.org_id AND a.ticket_id = t.ticket_id
    JOIN chat_steps AS s
        ON s.org_id = a.org_id
        AND s.chat_id = a.chat_id
        AND s.reached_at >= a.since
        AND s.reached_at < a.until
    WHERE s.change = 0
        AND s.active > 1
        AND NOT (s.is_agent AND coalesce(t.quoted_id = s.unique_id, false))
),
among AS (
    SELECT
        f.*,
        list(a.ticket_id ORDER BY a.ticket_id) AS ticket_ids
    FROM found AS f
    JOIN ticket_activity AS a
        ON a.org_id = f.org_id
        AND a.chat_id = f.chat_id
        AND f.reached_at >= a.since
        AND f.reached_at < a.until
    GROUP BY ALL
),
numbered AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY org_id, ticket_id ORDER BY reached_at, message_id, event_id
        ) AS step
    FROM among
),
steps AS (
    SELECT
        org_id,
        ticket_id,
        step,
        1 AS part,
        'message' AS kind,
        reached_at AS starts_at,
        1 AS counted,
        concat(
            coalesce(agent, CASE WHEN is_agent THEN 'the team' ELSE 'the customer' END),
            ', of ',
            array_to_string(ticket_ids, ' or ')
        ) AS detail
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
    FROM numbered AS n
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
    counted::BIGINT AS counted,
    detail,
    event_id,
    source,
    source_line
FROM steps
ORDER BY org_id, ticket_id, step NULLS LAST, part, starts_at, event_id
