/*---
title = "Data quality"
question = "What in the export is odd, unknown or contradictory, and where?"
grain = "one row per rule, also for rules that found nothing"
key = ["rule"]
tells_of_loading = true

[params.as_of]
type = "TIMESTAMPTZ"
help = "only events at or before this instant count, and all refused lines; default: the last event"

[params.org_id]
type = "VARCHAR"
help = "only this organisation; refused lines belong to none and are always counted"
optional = true

[columns]
rule = { type = "VARCHAR", help = "what was looked for; DECISIONS.md defines each" }
severity = { type = "VARCHAR", help = "error: figures may be wrong; warning: look at it; note: good to know" }
rows = { type = "BIGINT", help = "events, or for rules about something else (see DECISIONS.md) those, that were found" }
tickets = { type = "BIGINT", help = "tickets they are about, each once" }
example_event_id = { type = "VARCHAR", help = "the earliest of them; NULL = none, or no event" }
detail = { type = "VARCHAR", help = "which values, fields or codes, the ten most frequent, with how often" }
---*/
WITH rules AS (
    SELECT
        unnest(['error', 'warning', 'note']) AS severity,
        unnest([
            [
                'created_twice',
                'event_in_future',
                'event_too_early',
                'lost_events',
                'org_mismatch',
                'refused_lines'
            ],
            [
                'closed_at_differs',
                'closed_without_closed_at',
                'created_after_first_event',
                'event_before_creation',
                'property_type_drift',
                'ticket_never_seen',
                'tied_same_field',
                'unknown_priority',
                'unknown_status',
                'unmapped_old_values',
                'unreadable_old_values',
                'unreadable_priority',
                'unreported_fields',
                'updated_while_deleted',
                'zero_instants'
            ],
            [
                'closed_by_other',
                'org_unknown',
                'probable_duplicates',
                'reopened_with_closed_at',
                'status_never_told',
                'unknown_event_type',
                'untrusted_empties'
            ]
        ]) AS names
),
found AS (
    FROM findings
    WHERE $org_id::VARCHAR IS NULL OR org_id IS NULL OR org_id = $org_id
),
summed AS (
    SELECT
        rule,
        CASE
            WHEN rule = 'unreported_fields' THEN count(DISTINCT note)
            ELSE count(*)
        END AS rows_found,
        count(DISTINCT struct_pack(o := org_id, t := ticket_id)) FILTER (ticket_id IS NOT NULL)
            AS tickets,
        arg_min(event_id, (event_at, event_id)) FILTER (event_id IS NOT NULL) AS example_event_id
    FROM found
    GROUP BY rule
),
details AS (
    SELECT
        rule,
        string_agg(note || ' (' || times || ')', '; ' ORDER BY times DESC, note) AS detail
    FROM (
        SELECT rule, left(note, 60) AS note, count(*) AS times
        FROM found
        WHERE note IS NOT NULL
        GROUP BY rule, left(note, 60)
        QUALIFY row_number() OVER (
            PARTITION BY rule ORDER BY count(*) DESC, left(note, 60)
        ) <= 10
    )
    GROUP BY rule
)
SELECT
    r.rule,
    r.severity,
    coalesce(s.rows_found, 0) AS rows,
    coalesce(s.tickets, 0) AS tickets,
    s.example_event_id,
    d.detail
FROM (SELECT severity, unnest(names) AS rule FROM rules) AS r
LEFT JOIN summed AS s ON s.rule = r.rule
LEFT JOIN details AS d ON d.rule = r.rule
WHERE EXISTS (
    FROM ledger_events
    WHERE event_at <= $as_of::TIMESTAMPTZ AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
)
ORDER BY list_position(['error', 'warning', 'note'], r.severity), r.rule
