/*---
title = "Ticket summary"
question = "Where do we stand, and what came in and went out in the period?"
grain = "one row per organisation"
key = ["org_id"]

[params.from]
type = "TIMESTAMPTZ"
help = "start of the period, included; default: the beginning"
optional = true

[params.to]
type = "TIMESTAMPTZ"
help = "end of the period, not included; default: as_of, included"
optional = true

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
unresolved = { type = "BIGINT", help = "open and in progress" }
open = { type = "BIGINT", help = "status open" }
inprogress = { type = "BIGINT", help = "status inprogress" }
closed = { type = "BIGINT", help = "status closed" }
archived = { type = "BIGINT", help = "status archived" }
other = { type = "BIGINT", help = "any other status, or none" }
deleted = { type = "BIGINT", help = "deleted, whatever the status; in none of the other counts" }
created = { type = "BIGINT", help = "created in the period" }
resolutions_events = { type = "BIGINT", help = "closings in the period" }
resolutions_tickets = { type = "BIGINT", help = "tickets closed in the period, each once" }
resolutions_requesters = { type = "BIGINT", help = "chats with a ticket closed in the period, each once" }
reopens = { type = "BIGINT", help = "changes from closed back to an active status in the period" }
unreplied = { type = "BIGINT", help = "tickets without a reply of the team since their creation" }
unreplied_active = { type = "BIGINT", help = "of those, the unresolved" }
unassigned_active = { type = "BIGINT", help = "unresolved and nobody assigned" }
overdue = { type = "BIGINT", help = "unresolved and past the due date" }
median_first_reply_s = { type = "DOUBLE", unit = "s", help = "creation to first reply, tickets created in the period" }
median_full_resolution_s = { type = "DOUBLE", unit = "s", help = "creation to last closing, tickets now closed whose last closing is in the period" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets, left out of all figures but deleted" }
quality_share_exact = { type = "DOUBLE", help = "share of tickets whose creation is reported, not only bounded by their first event" }
---*/
WITH period AS (
    SELECT
        coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ) AS since,
        coalesce($to::TIMESTAMPTZ, $as_of::TIMESTAMPTZ + INTERVAL 1 MICROSECOND) AS until
),
shown_only AS ( -- by snapshots
    SELECT t.org_id, t.ticket_id, m.born.instant AS born_at
    FROM tickets_all AS t
    JOIN ticket_milestones AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
    WHERE t.created_at IS NULL AND t.first_event_at IS NULL
),
all_tickets AS (
    SELECT
        t.*,
        coalesce(t.created_at, t.first_event_at, s.born_at) AS born_at,
        status_class(status) AS class,
        plain_status(status) AS plain_status
    FROM tickets_all AS t
    LEFT JOIN shown_only AS s ON s.org_id = t.org_id AND s.ticket_id = t.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = t.org_id AND l.ticket_id = t.ticket_id
    WHERE ($org_id::VARCHAR IS NULL OR t.org_id = $org_id)
),
moves AS (
    SELECT org_id, ticket_id, moved_at AS changed_at, is_dated_resolution, is_reopen
    FROM ticket_moves
    WHERE (is_reopen OR is_dated_resolution)
        AND moved_at >= (SELECT since FROM period)
),
resolutions AS (
    SELECT org_id, ticket_id, max(changed_at) AS last_resolved_at
    FROM moves
    WHERE is_dated_resolution
    GROUP BY org_id, ticket_id
),
flows AS (
    SELECT
        t.org_id,
        count(*) FILTER (m.is_dated_resolution) AS resolutions_events,
        count(DISTINCT t.ticket_id) FILTER (m.is_dated_resolution) AS resolutions_tickets,
        count(DISTINCT t.chat_id) FILTER (m.is_dated_resolution) AS resolutions_requesters,
        count(*) FILTER (m.is_reopen) AS reopens
    FROM moves AS m
    JOIN all_tickets AS t ON t.org_id = m.org_id AND t.ticket_id = m.ticket_id
    CROSS JOIN period AS p
    WHERE NOT t.is_deleted AND m.changed_at >= p.since AND m.changed_at < p.until
    GROUP BY t.org_id
),
facts AS (
    SELECT
        t.*,
        t.born_at >= p.since AND t.born_at < p.until AS is_created_in_period,
        microseconds_between(t.born_at, r.first_reply_at) AS first_reply_us,
        CASE
            WHEN t.class = 'resolved'
                AND s.last_resolved_at >= p.since
                AND s.last_resolved_at < p.until
            THEN microseconds_between(t.born_at, s.last_resolved_at)
        END AS full_resolution_us
    FROM all_tickets AS t
    CROSS JOIN period AS p
    LEFT JOIN ticket_replies AS r ON r.org_id = t.org_id AND r.ticket_id = t.ticket_id
    LEFT JOIN resolutions AS s ON s.org_id = t.org_id AND s.ticket_id = t.ticket_id
)
SELECT
    f.org_id,
    count(*) FILTER (NOT f.is_deleted AND f.class = 'active') AS unresolved,
    count(*) FILTER (NOT f.is_deleted AND f.plain_status = 'open') AS open,
    count(*) FILTER (NOT f.is_deleted AND f.plain_status = 'inprogress') AS inprogress,
    count(*) FILTER (NOT f.is_deleted AND f.class = 'resolved') AS closed,
    count(*) FILTER (NOT f.is_deleted AND f.class = 'removed') AS archived,
    count(*) FILTER (NOT f.is_deleted AND f.class = 'other') AS other,
    count(*) FILTER (f.is_deleted) AS deleted,
    count(*) FILTER (NOT f.is_deleted AND f.is_created_in_period) AS created,
    coalesce(any_value(w.resolutions_events), 0) AS resolutions_events,
    coalesce(any_value(w.resolutions_tickets), 0) AS resolutions_tickets,
    coalesce(any_value(w.resolutions_requesters), 0) AS resolutions_requesters,
    coalesce(any_value(w.reopens), 0) AS reopens,
    count(*) FILTER (NOT f.is_deleted AND f.first_reply_us IS NULL) AS unreplied,
    count(*) FILTER (NOT f.is_deleted AND f.first_reply_us IS NULL AND f.class = 'active')
        AS unreplied_active,
    count(*) FILTER (NOT f.is_deleted AND f.assignee IS NULL AND f.class = 'active')
        AS unassigned_active,
    count(*) FILTER (
        NOT f.is_deleted AND f.class = 'active' AND f.due_date < $as_of::TIMESTAMPTZ
    ) AS overdue,
    quantile_cont(f.first_reply_us, 0.5)
        FILTER (NOT f.is_deleted AND f.is_created_in_period) / 1e6 AS median_first_reply_s,
    quantile_cont(f.full_resolution_us, 0.5) FILTER (NOT f.is_deleted) / 1e6
        AS median_full_resolution_s,
    count(*) FILTER (f.is_deleted) AS tickets_excluded,
    count(f.created_at) / count(*) AS quality_share_exact
FROM facts AS f
LEFT JOIN flows AS w ON w.org_id = f.org_id
GROUP BY f.org_id
ORDER BY f.org_id
