/*---
title = "Where tickets as observed elsewhere and the ledger do not agree"
question = "What happened that the ledger does not know of?"
grain = "one row per ticket and differing field"

[params.complete]
type = "BOOLEAN"
help = "whether the snapshot holds every live ticket of its organisations"

[params.tolerance_s]
type = "DOUBLE"
help = "how far two clocks may be apart"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
finding = { type = "VARCHAR", help = "differs, missing_in_ledger, missing_in_snapshot or unknown_change" }
field = { type = "VARCHAR", help = "column of the state; NULL = the ticket as a whole" }
ledger_value = { type = "JSON", help = "what the ledger says of that moment; NULL = none" }
observed_value = { type = "JSON", help = "what the snapshot or the audit row says; NULL = none" }
observed_at = { type = "TIMESTAMP WITH TIME ZONE", help = "moment of the comparison; NULL = now" }
last_event_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last event of the ticket in the ledger" }
---*/
-- Each observation is compared with all that the ledger says of a span of time: around a given
-- instant or that of an audit row; from an object's own last update on, whose event is stamped
-- after it; the open end, without an instant. `ledger_value` is that at the end of the span.
WITH observations AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER () AS number,
        CASE
            WHEN observed_at IS NULL THEN 'infinity'::TIMESTAMPTZ
            WHEN time_source = 'object' THEN observed_at
            ELSE observed_at - to_seconds($tolerance_s)
        END AS since,
        coalesce(observed_at + to_seconds($tolerance_s), 'infinity'::TIMESTAMPTZ) AS until
    FROM observed
),
known AS (
    SELECT org_id, ticket_id, last_event_at
    FROM tickets_all
),
versions AS MATERIALIZED (
    SELECT *
    FROM ticket_history
    SEMI JOIN observed USING (org_id)
),
missing_in_ledger AS (
    SELECT
        org_id,
        ticket_id,
        'missing_in_ledger' AS finding,
        NULL AS field,
        NULL AS ledger_value,
        NULL AS observed_value,
        max(observed_at) AS observed_at
    FROM observed
    ANTI JOIN known USING (org_id, ticket_id)
    GROUP BY org_id, ticket_id
),
met AS (
    SELECT
        o.number,
        o.org_id,
        o.ticket_id,
        o.observed_at,
        o.ticket_keys,
        v.version,
        unnest(ticket_values(o.ticket)) AS told,
        unnest(ticket_values(v)) AS held
    FROM observations AS o
    JOIN versions AS v ON v.org_id = o.org_id AND v.ticket_id = o.ticket_id
        AND holds_within(v.valid_from, v.valid_to, o.since, o.until)
    WHERE o.form = 'snapshot'
),
-- A ticket that a snapshot shows is live unless it says otherwise.
compared AS (
    SELECT
        *,
        CASE
            WHEN told.field = 'is_deleted' THEN coalesce(told.value, 'false')
            ELSE told.value
        END AS observed_value
    FROM met
    WHERE has(ticket_keys, told.field) OR told.field = 'is_deleted'
),
deviating AS (
    SELECT
        number,
        org_id,
        ticket_id,
        told.field AS field,
        arg_max({'v': held.value}, version).v AS ledger_value,
        observed_value,
        observed_at,
        count(*) AS version_count
    FROM compared
    WHERE plain_value(told.field, held.value) IS DISTINCT FROM plain_value(told.field, observed_value)
    GROUP BY number, org_id, ticket_id, field, observed_value, observed_at
),
spans AS (
    SELECT o.number, count(*) AS version_count
    FROM observations AS o
    SEMI JOIN deviating AS d ON d.number = o.number
    JOIN versions AS v ON v.org_id = o.org_id AND v.ticket_id = o.ticket_id
        AND holds_within(v.valid_from, v.valid_to, o.since, o.until)
    GROUP BY o.number
),
differing AS (
    SELECT
        d.org_id,
        d.ticket_id,
        'differs' AS finding,
        d.field,
        d.ledger_value,
        d.observed_value,
        d.observed_at
    FROM deviating AS d
    JOIN spans AS s ON s.number = d.number AND s.version_count = d.version_count
),
-- A list without a given instant was read at or after the last update in it.
lists AS (
    SELECT
        org_id,
        max(observed_at) AS observed_at,
        coalesce(max(since) FILTER (observed_at IS NOT NULL), 'infinity'::TIMESTAMPTZ) AS since,
        CASE
            WHEN bool_and(time_source = 'observed') THEN max(until)
            ELSE 'infinity'::TIMESTAMPTZ
        END AS until
    FROM observations
    WHERE form = 'snapshot' AND $complete
    GROUP BY org_id
),
missing_in_snapshot AS (
    SELECT
        v.org_id,
        v.ticket_id,
        'missing_in_snapshot' AS finding,
        NULL AS field,
        NULL AS ledger_value,
        NULL AS observed_value,
        any_value(l.observed_at) AS observed_at
    FROM versions AS v
    JOIN lists AS l ON l.org_id = v.org_id
    ANTI JOIN (SELECT org_id, ticket_id FROM observed WHERE form = 'snapshot') AS o
        ON o.org_id = v.org_id AND o.ticket_id = v.ticket_id
    WHERE holds_within(v.valid_from, v.valid_to, l.since, l.until)
    GROUP BY v.org_id, v.ticket_id
    HAVING bool_and(NOT v.is_deleted) AND bool_or(v.valid_from <= l.since)
),
-- What an audit row changed: fields told before and after; the whole ticket where it was created.
audited AS (
    SELECT number, org_id, ticket_id, observed_at, since, until, now.field AS field, now.value AS value
    FROM (
        SELECT
            *,
            unnest(ticket_values(ticket)) AS now,
            unnest(ticket_values(ticket_before)) AS former
        FROM observations
        WHERE form = 'audit_log' AND event_type = 'ticket.updated'
    )
    WHERE has(ticket_keys, now.field) AND has(ticket_before_keys, now.field)
        AND plain_value(now.field, now.value) IS DISTINCT FROM plain_value(now.field, former.value)
    UNION ALL
    SELECT
        number,
        org_id,
        ticket_id,
        observed_at,
        since,
        until,
        CASE WHEN event_type = 'ticket.deleted' THEN 'is_deleted' END AS field,
        CASE WHEN event_type = 'ticket.deleted' THEN 'true' END AS value
    FROM observations
    WHERE form = 'audit_log' AND event_type <> 'ticket.updated'
),
steps AS (
    SELECT
        org_id,
        ticket_id,
        version,
        valid_from,
        valid_from_latest,
        unnest(ticket_values(v)) AS held,
        unnest(lag(ticket_values(v)) OVER (PARTITION BY org_id, ticket_id ORDER BY version))
            AS former
    FROM versions AS v
    SEMI JOIN audited USING (org_id, ticket_id)
),
-- What the first event of a ticket tells, its old values too, and a deletion never spoken of before
-- are no rows of `ticket_changes`; yet the ledger has them. They are known from the instant of that
-- event on: a state before it holds from the reported creation on, yet may have begun much later.
-- A row without a field is the first that was heard of the ticket.
entered AS (
    SELECT
        org_id,
        ticket_id,
        changed_at AS entered_at,
        field,
        nullif(new_value::VARCHAR, '[]') AS value
    FROM ticket_changes
    SEMI JOIN audited USING (org_id, ticket_id)
    UNION ALL
    SELECT org_id, ticket_id, valid_from_latest, held.field, held.value
    FROM steps
    WHERE version = 1 OR held.value IS DISTINCT FROM former.value
    UNION ALL
    SELECT org_id, ticket_id, valid_from_latest, NULL, NULL
    FROM versions
    WHERE version = 1
),
unknown AS (
    FROM audited
    SEMI JOIN known USING (org_id, ticket_id)
    ANTI JOIN entered AS e ON e.org_id = audited.org_id AND e.ticket_id = audited.ticket_id
        AND e.field IS NOT DISTINCT FROM audited.field
        AND plain_value(e.field, e.value)
            IS NOT DISTINCT FROM plain_value(audited.field, audited.value)
        AND e.entered_at <= audited.until
        AND (e.entered_at >= audited.since OR audited.field IS NULL)
),
unknown_change AS (
    SELECT
        u.org_id,
        u.ticket_id,
        'unknown_change' AS finding,
        u.field,
        arg_max({'v': s.held.value}, s.version).v AS ledger_value,
        u.value AS observed_value,
        u.observed_at
    FROM unknown AS u
    LEFT JOIN steps AS s ON s.org_id = u.org_id AND s.ticket_id = u.ticket_id
        AND s.held.field = u.field AND s.valid_from <= u.until
    GROUP BY u.number, u.org_id, u.ticket_id, u.field, u.value, u.observed_at
)
SELECT DISTINCT
    found.org_id AS org_id,
    found.ticket_id AS ticket_id,
    found.finding AS finding,
    found.field AS field,
    found.ledger_value::JSON AS ledger_value,
    found.observed_value::JSON AS observed_value,
    found.observed_at AS observed_at,
    known.last_event_at AS last_event_at
FROM (
    FROM missing_in_ledger
    UNION ALL
    FROM differing
    UNION ALL
    FROM missing_in_snapshot
    UNION ALL
    FROM unknown_change
) AS found
LEFT JOIN known ON known.org_id = found.org_id AND known.ticket_id = found.ticket_id
ORDER BY
    org_id,
    ticket_id,
    finding,
    field NULLS FIRST,
    observed_at NULLS FIRST,
    observed_value NULLS FIRST,
    ledger_value NULLS FIRST
