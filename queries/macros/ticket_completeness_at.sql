/*---
title = "How much of each ticket's life up to an instant the ledger has seen"
---*/
-- Times are whole microseconds. A ticket's life begins with its reported creation, at the latest with
-- its first event, and ends with its deletion. Unseen are its head, up to the first event if that is
-- no creation, and its gaps, from the last event before a loss to the event that shows it.
CREATE OR REPLACE MACRO ticket_completeness_at(as_of) AS TABLE
WITH told AS (
    SELECT
        org_id,
        ticket_id,
        count(*) FILTER (part = 1 AND evidence <> 'snapshot') AS events,
        count(*) FILTER (part = 1 AND seq > 1) AS links,
        count(*) FILTER (part = 1 AND seq > 1 AND is_verifiable) AS verifiable_links,
        bool_or(part = 1 AND seq = 1 AND is_creation) AS is_seen_created,
        bool_or(part = 0 AND seq = 1) AS is_head_recovered,
        min(latest) AS first_at
    FROM ticket_moments
    WHERE latest <= as_of
    GROUP BY org_id, ticket_id
),
lost AS (
    SELECT
        org_id,
        ticket_id,
        count(*) AS gaps,
        sum(len(fields))::BIGINT AS recovered_fields,
        sum(microseconds_between(gap_after, gap_before))::BIGINT AS gap_us
    FROM ticket_gaps
    WHERE gap_before <= as_of
    GROUP BY org_id, ticket_id
),
unseen_tails AS (
    SELECT org_id, ticket_id
    FROM ticket_history
    WHERE evidence = 'snapshot' AND version > 1 AND valid_from <= as_of
        AND (valid_to IS NULL OR valid_to > as_of)
),
lived AS (
    SELECT
        t.*,
        coalesce(l.gaps, 0) AS gaps,
        coalesce(l.recovered_fields, 0) AS recovered_fields,
        coalesce(l.gap_us, 0) AS gap_us,
        u.ticket_id IS NOT NULL AS is_tail_suspect,
        least(coalesce(a.created_at, t.first_at), t.first_at) AS born_at,
        least(coalesce(a.deleted_at, as_of), as_of) AS ended_at
    FROM told AS t
    JOIN tickets_all AS a ON a.org_id = t.org_id AND a.ticket_id = t.ticket_id
    LEFT JOIN lost AS l ON l.org_id = t.org_id AND l.ticket_id = t.ticket_id
    LEFT JOIN unseen_tails AS u ON u.org_id = t.org_id AND u.ticket_id = t.ticket_id
),
timed AS (
    SELECT
        *,
        CASE WHEN is_seen_created THEN 0 ELSE microseconds_between(born_at, first_at) END AS head_us,
        microseconds_between(born_at, ended_at) AS age_us
    FROM lived
)
SELECT
    org_id,
    ticket_id,
    events,
    links,
    verifiable_links,
    gaps,
    recovered_fields,
    CASE
        WHEN is_seen_created THEN 'created'
        WHEN is_head_recovered THEN 'recovered'
        ELSE 'unknown'
    END AS first_seen,
    is_tail_suspect,
    gap_us,
    head_us,
    age_us,
    CASE
        WHEN age_us > 0 THEN (1 - least(gap_us, age_us) / age_us)::DECIMAL(10, 9)
        ELSE 1::DECIMAL(10, 9)
    END AS coverage,
    CASE
        WHEN age_us > 0 THEN (1 - least(gap_us + head_us, age_us) / age_us)::DECIMAL(10, 9)
        ELSE 1::DECIMAL(10, 9)
    END AS score
FROM timed
