/*---
title = "Every promise that was made for a ticket: from when to when"
grain = "one row per SLA policy, ticket and instance"
internal = true
kept = true
---*/
-- `promise` numbers them; which number means nothing.
CREATE OR REPLACE VIEW sla_instances AS
WITH lives AS MATERIALIZED (
    FROM ticket_milestones
),
sent AS (
    SELECT c.org_id, c.ticket_id, c.sent_at, min(c.event_id) AS event_id
    FROM ticket_conversations AS c
    JOIN lives AS m ON m.org_id = c.org_id AND m.ticket_id = c.ticket_id
    WHERE c.is_agent
        AND c.sent_at > m.born.instant
        AND c.sent_at < coalesce(m.finally_resolved.instant, 'infinity'::TIMESTAMPTZ)
    GROUP BY c.org_id, c.ticket_id, c.sent_at
),
updates AS (
    SELECT
        org_id,
        ticket_id,
        row_number() OVER in_order AS instance,
        told_exactly(sent_at, event_id) AS began,
        lead(told_exactly(sent_at, event_id)) OVER in_order AS ended
    FROM sent
    WINDOW in_order AS (PARTITION BY org_id, ticket_id ORDER BY sent_at)
),
due AS (
    SELECT
        org_id,
        ticket_id,
        arg_min(
            told_at(valid_from, valid_from_earliest, valid_from_latest, event_id), version
        ) AS began
    FROM ticket_history
    WHERE due_date IS NOT NULL
    GROUP BY org_id, ticket_id
),
promised AS (
    SELECT
        s.org_id,
        s.ticket_id,
        CASE s.metric
            WHEN 'first_reply_time' THEN 'first_reply'
            WHEN 'next_reply_time' THEN 'next_reply'
            ELSE 'resolution'
        END AS metric,
        s.instance,
        s.began,
        CASE WHEN s.outcome = 'fulfil' THEN s.ended END AS kept
    FROM metric_spans AS s
    LEFT JOIN ticket_replies AS r ON r.org_id = s.org_id AND r.ticket_id = s.ticket_id
    WHERE s.metric IN ('first_reply_time', 'lead_time')
        OR (s.metric = 'next_reply_time' AND s.began.instant >= r.first_reply_at)
    UNION ALL BY NAME
    SELECT
        u.org_id,
        u.ticket_id,
        'periodic_update' AS metric,
        u.instance,
        u.began,
        coalesce(u.ended, m.finally_resolved) AS kept
    FROM updates AS u
    JOIN lives AS m ON m.org_id = u.org_id AND m.ticket_id = u.ticket_id
    UNION ALL BY NAME
    SELECT
        d.org_id,
        d.ticket_id,
        'due_date' AS metric,
        1 AS instance,
        d.began,
        m.finally_resolved AS kept
    FROM due AS d
    JOIN lives AS m ON m.org_id = d.org_id AND m.ticket_id = d.ticket_id
    WHERE d.began.instant < coalesce(m.finally_resolved.instant, 'infinity'::TIMESTAMPTZ)
),
in_life AS (
    SELECT
        p.* EXCLUDE (kept),
        CASE
            WHEN m.removed IS NULL OR p.kept.instant <= m.removed.instant THEN p.kept
        END AS kept,
        m.removed
    FROM promised AS p
    JOIN lives AS m ON m.org_id = p.org_id AND m.ticket_id = p.ticket_id
    WHERE m.removed IS NULL OR p.began.instant <= m.removed.instant
),
ended AS (
    SELECT
        * EXCLUDE (kept, removed),
        coalesce(kept, removed) AS ended,
        outcome_of(kept, removed) AS outcome
    FROM in_life
)
SELECT
    row_number() OVER () AS promise,
    y.policy,
    y.metric,
    p.org_id,
    p.ticket_id,
    p.instance,
    coalesce(y.calendar, c.calendar, 'default') AS calendar,
    p.began,
    p.ended,
    p.outcome,
    greatest(p.began.instant, coalesce(p.ended.instant, a.instant)) AS until
FROM ended AS p
JOIN sla_policies AS y
    ON y.metric = p.metric AND (y.org_ids IS NULL OR list_contains(y.org_ids, p.org_id))
JOIN asked_at AS a ON p.began.instant <= a.instant
LEFT JOIN ticket_own_calendars AS c ON c.org_id = p.org_id AND c.ticket_id = p.ticket_id
