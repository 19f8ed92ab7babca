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
        status_class(status) AS class
    FROM tickets_all AS t
    LEFT JOIN shown_only AS s ON s.org_id = t.org_id AND s.ticket_id = t.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = t.org_id AND l.ticket_id = t.ticket_id
    WHERE ($org_id::VARCHAR IS NULL OR t.org_id = $org_id)
),
moved AS ( -- of a ticket that moves on after the period, too: it is not resolved in it
    SELECT
        m.org_id,
        m.ticket_id,
        count(*) FILTER (m.is_dated_resolution AND m.moved_at < p.until) AS resolutions,
        count(*) FILTER (m.is_reopen AND m.moved_at < p.until) AS reopens,
        max(m.moved_at) FILTER (m.is_dated_resolution) AS last_resolved_at
    FROM ticket_moves AS m
    CROSS JOIN period AS p
    WHERE (m.is_reopen OR m.is_dated_resolution) AND m.moved_at >= (SELECT since FROM period)
    GROUP BY m.org_id, m.ticket_id
),
facts AS (
    SELECT
        t.*,
        t.born_at >= p.since AND t.born_at < p.until AS is_created_in_period,
        microseconds_between(t.born_at, r.first_reply_at) AS first_reply_us,
        m.resolutions,
        m.reopens,
        CASE
            WHEN t.class = 'resolved'
                AND m.last_resolved_at >= p.since
                AND m.last_resolved_at < p.until
            THEN microseconds_between(t.born_at, m.last_resolved_at)
        END AS full_resolution_us
    FROM all_tickets AS t
    CROSS JOIN period AS p
    LEFT JOIN ticket_replies AS r ON r.org_id = t.org_id AND r.ticket_id = t.ticket_id
    LEFT JOIN moved AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
)
SELECT
    org_id,
    count(*) FILTER (NOT is_deleted AND class = 'active') AS unresolved,
    count(*) FILTER (NOT is_deleted AND status = 'open') AS open,
    count(*) FILTER (NOT is_deleted AND status = 'inprogress') AS inprogress,
    count(*) FILTER (NOT is_deleted AND class = 'resolved') AS closed,
    count(*) FILTER (NOT is_deleted AND class = 'removed') AS archived,
    count(*) FILTER (NOT is_deleted AND class = 'other') AS other,
    count(*) FILTER (is_deleted) AS deleted,
    count(*) FILTER (NOT is_deleted AND is_created_in_period) AS created,
    coalesce(sum(resolutions) FILTER (NOT is_deleted), 0)::BIGINT AS resolutions_events,
    count(*) FILTER (NOT is_deleted AND resolutions > 0) AS resolutions_tickets,
    count(DISTINCT CASE WHEN NOT is_deleted AND resolutions > 0 THEN chat_id END)
        AS resolutions_requesters, -- with a FILTER, all chats would be told apart
    coalesce(sum(reopens) FILTER (NOT is_deleted), 0)::BIGINT AS reopens,
    count(*) FILTER (NOT is_deleted AND first_reply_us IS NULL) AS unreplied,
    count(*) FILTER (NOT is_deleted AND first_reply_us IS NULL AND class = 'active')
        AS unreplied_active,
    count(*) FILTER (NOT is_deleted AND assignee IS NULL AND class = 'active')
        AS unassigned_active,
    count(*) FILTER (NOT is_deleted AND class = 'active' AND due_date < $as_of::TIMESTAMPTZ)
        AS overdue,
    quantile_cont(first_reply_us, 0.5) FILTER (NOT is_deleted AND is_created_in_period) / 1e6
        AS median_first_reply_s,
    quantile_cont(full_resolution_us, 0.5) FILTER (NOT is_deleted) / 1e6
        AS median_full_resolution_s,
    count(*) FILTER (is_deleted) AS tickets_excluded,
    count(created_at) / count(*) AS quality_share_exact
FROM facts
GROUP BY org_id
ORDER BY org_id
