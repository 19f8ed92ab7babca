/*---
title = "Completeness"
question = "How much of the tickets' history did the ledger see, and what is missing?"
grain = "one row per organisation, or per day or ticket of it"
key = ["org_id", "bucket"]

[params.by]
type = "VARCHAR"
help = "org, day (of the events) or ticket"
default = "org"
choices = ["org", "day", "ticket"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
bucket = { type = "VARCHAR", help = "day or ticket; NULL = all of the organisation" }
tickets = { type = "BIGINT", help = "tickets with an event there" }
events = { type = "BIGINT", help = "ticket events, snapshots not counted" }
links = { type = "BIGINT", help = "events that follow another of their ticket" }
verifiable_links = { type = "BIGINT", help = "of these, events that tell old values, to be compared with what was known" }
interior_gaps = { type = "BIGINT", help = "of these, events that contradict what was known: something is missing before them" }
head_missing = { type = "BIGINT", help = "tickets whose first event is no creation" }
tail_suspect = { type = "BIGINT", help = "tickets whose last known state only a snapshot shows: their last events are missing" }
recovered_fields = { type = "BIGINT", help = "values that no event shows, recovered from the next one" }
coverage = { type = "DOUBLE", help = "mean over the tickets of the share of their age outside gaps" }
score = { type = "DOUBLE", help = "the same, the time before the first event counted as unseen, too" }
worst_ticket = { type = "VARCHAR", help = "ticket with the lowest score" }
---*/
WITH per_ticket AS (
    SELECT *
    FROM ticket_completeness
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
        USING (org_id, ticket_id)
    WHERE ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
told AS ( -- of each day; else each ticket is counted already
    SELECT
        m.org_id,
        m.ticket_id,
        strftime(m.latest, '%Y-%m-%d') AS bucket,
        m.seq,
        m.evidence,
        m.is_verifiable,
        m.is_creation,
        g.event_id IS NOT NULL AS is_gap,
        coalesce(len(g.fields), 0) AS recovered_fields
    FROM ticket_moments AS m
    LEFT JOIN ticket_gaps AS g
        ON g.org_id = m.org_id AND g.ticket_id = m.ticket_id AND g.event_id = m.event_id
    WHERE m.part = 1
        AND m.latest <= $as_of::TIMESTAMPTZ
        AND $by::VARCHAR = 'day'
),
counted AS (
    SELECT
        org_id,
        bucket,
        ticket_id,
        count(*) FILTER (evidence <> 'snapshot') AS events,
        count(*) FILTER (seq > 1) AS links,
        count(*) FILTER (seq > 1 AND is_verifiable) AS verifiable_links,
        count(*) FILTER (is_gap) AS interior_gaps,
        count(*) FILTER (seq = 1 AND NOT is_creation) AS head_missing,
        sum(recovered_fields)::BIGINT AS recovered_fields
    FROM told
    GROUP BY org_id, bucket, ticket_id
    UNION ALL
    SELECT
        org_id,
        CASE WHEN $by::VARCHAR = 'ticket' THEN ticket_id END,
        ticket_id,
        events,
        links,
        verifiable_links,
        gaps,
        (first_seen <> 'created')::BIGINT,
        recovered_fields
    FROM per_ticket
    WHERE $by::VARCHAR <> 'day'
)
SELECT
    c.org_id,
    c.bucket,
    count(*) AS tickets,
    sum(c.events)::BIGINT AS events,
    sum(c.links)::BIGINT AS links,
    sum(c.verifiable_links)::BIGINT AS verifiable_links,
    sum(c.interior_gaps)::BIGINT AS interior_gaps,
    sum(c.head_missing)::BIGINT AS head_missing,
    count(*) FILTER (p.is_tail_suspect) AS tail_suspect,
    sum(c.recovered_fields)::BIGINT AS recovered_fields,
    sum(p.coverage)::DOUBLE / count(*) AS coverage,
    sum(p.score)::DOUBLE / count(*) AS score,
    arg_min(c.ticket_id, (p.score, c.ticket_id)) AS worst_ticket
FROM counted AS c
JOIN per_ticket AS p ON p.org_id = c.org_id AND p.ticket_id = c.ticket_id
GROUP BY c.org_id, c.bucket
ORDER BY c.org_id, c.bucket
