/*---
title = "Every metric of every ticket, calendar and business time, and how sure each is"
by_ticket = true
grain = "one row per ticket, deleted ones included"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
chat_id = { type = "VARCHAR", help = "chat the ticket belongs to" }
calendar = { type = "VARCHAR", help = "calendar of the business times" }
status = { type = "VARCHAR", help = "as reported" }
place = { type = "VARCHAR", help = "active, resolved, removed, other or deleted" }
priority = { type = "SMALLINT", help = "0 none, 1 low, 2 medium, 3 high, 4 urgent" }
assignee = { type = "VARCHAR", help = "who works on it" }
closer = { type = "VARCHAR", help = "closed_by, else the assignee, at the last closing" }
created_at = { type = "TIMESTAMP WITH TIME ZONE", help = "creation as reported, else the first known state" }
first_resolved_at = { type = "TIMESTAMP WITH TIME ZONE", help = "first closing" }
last_resolved_at = { type = "TIMESTAMP WITH TIME ZONE", help = "last closing" }
resolved_at = { type = "TIMESTAMP WITH TIME ZONE", help = "the closing that lasted, also if it was archived later; NULL while it is open again" }
age_s = { type = "DOUBLE", unit = "s", help = "creation to as_of, to the archive or to deletion" }
unseen_time_s = { type = "DOUBLE", unit = "s", help = "of it the time before the first known state" }
first_reply_time_calendar_s = { type = "DOUBLE", unit = "s", help = "creation to the first reply of the team" }
first_reply_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
first_reply_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
first_resolution_time_calendar_s = { type = "DOUBLE", unit = "s", help = "creation to the first closing" }
first_resolution_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
first_resolution_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
full_resolution_time_calendar_s = { type = "DOUBLE", unit = "s", help = "creation to the last closing, while it is closed" }
full_resolution_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
full_resolution_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
last_resolution_time_calendar_s = { type = "DOUBLE", unit = "s", help = "creation to the last closing, whatever came after" }
last_resolution_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
last_resolution_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
lead_time_calendar_s = { type = "DOUBLE", unit = "s", help = "creation to the closing that lasted, also if it was archived later" }
lead_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
lead_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
cycle_time_calendar_s = { type = "DOUBLE", unit = "s", help = "first in progress to that closing" }
cycle_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
cycle_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
time_to_first_assignment_calendar_s = { type = "DOUBLE", unit = "s", help = "creation to the first assignment" }
time_to_first_assignment_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
time_to_first_assignment_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
first_assignment_to_resolution_calendar_s = { type = "DOUBLE", unit = "s", help = "first assignment to the last closing" }
first_assignment_to_resolution_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
first_assignment_to_resolution_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
last_assignment_to_resolution_calendar_s = { type = "DOUBLE", unit = "s", help = "last assignment before the last closing to that closing" }
last_assignment_to_resolution_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
last_assignment_to_resolution_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
time_to_ticket_calendar_s = { type = "DOUBLE", unit = "s", help = "quoted message to creation" }
time_to_ticket_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
time_to_ticket_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
customer_first_response_time_calendar_s = { type = "DOUBLE", unit = "s", help = "quoted message of the customer to the team's next message in its chat" }
customer_first_response_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
customer_first_response_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
total_reply_time_calendar_s = { type = "DOUBLE", unit = "s", help = "sum of the customer's waits for replies: from the first message of a turn to the reply" }
total_reply_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
total_reply_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
agent_work_time_calendar_s = { type = "DOUBLE", unit = "s", help = "time in progress" }
agent_work_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
agent_work_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
requester_wait_time_calendar_s = { type = "DOUBLE", unit = "s", help = "time in an active status and not on hold" }
requester_wait_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
requester_wait_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
on_hold_time_calendar_s = { type = "DOUBLE", unit = "s", help = "time in an active status and on hold, by the session's statuses; NULL = never" }
on_hold_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
on_hold_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
unassigned_time_calendar_s = { type = "DOUBLE", unit = "s", help = "active time without an assignee" }
unassigned_time_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
unassigned_time_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
waiting_on_us_calendar_s = { type = "DOUBLE", unit = "s", help = "active time before the team's first message and after a customer's" }
waiting_on_us_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
waiting_on_us_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
waiting_on_customer_calendar_s = { type = "DOUBLE", unit = "s", help = "active time after the team spoke last" }
waiting_on_customer_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
waiting_on_customer_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
unsolved_ticket_age_calendar_s = { type = "DOUBLE", unit = "s", help = "creation to as_of, while it is active" }
unsolved_ticket_age_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
unsolved_ticket_age_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
awaiting_first_reply_age_calendar_s = { type = "DOUBLE", unit = "s", help = "the same, while there is no reply" }
awaiting_first_reply_age_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
awaiting_first_reply_age_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
awaiting_reply_age_calendar_s = { type = "DOUBLE", unit = "s", help = "the customer's open turn up to as_of, while it is active" }
awaiting_reply_age_business_s = { type = "DOUBLE", unit = "s", help = "the same while the ticket's calendar is open" }
awaiting_reply_age_quality = { type = "VARCHAR", help = "exact, interval or lower_bound; NULL = not applicable" }
flow_efficiency = { type = "DOUBLE", help = "agent_work_time / lead_time" }
agent_replies = { type = "BIGINT", help = "turns of the team" }
agent_messages = { type = "BIGINT", help = "messages of the team" }
customer_messages = { type = "BIGINT", help = "messages of the customer" }
reply_turns = { type = "BIGINT", help = "turns of the customer that were replied to" }
ambiguous_messages = { type = "BIGINT", help = "messages of the chat that belong to this or another of its active tickets, and count for none" }
resolutions = { type = "BIGINT", help = "changes into closed" }
reopens = { type = "BIGINT", help = "changes from closed to an active status" }
unarchives = { type = "BIGINT", help = "changes from archived to an active status" }
assignee_stations = { type = "BIGINT", help = "assignments to somebody" }
unique_assignees = { type = "BIGINT", help = "different assignees" }
reassignments = { type = "BIGINT", help = "changes from one assignee to another" }
ping_pongs = { type = "BIGINT", help = "returns to the assignee before the last: A, B, A" }
priority_escalations = { type = "BIGINT", help = "increases of a priority that was set" }
priority_at_creation = { type = "SMALLINT", help = "first known priority" }
priority_at_resolution = { type = "SMALLINT", help = "priority at the last closing" }
original_due_date = { type = "TIMESTAMP WITH TIME ZONE", help = "first due date" }
due_date = { type = "TIMESTAMP WITH TIME ZONE", help = "due date when it was closed, else now; NULL = none" }
due_date_changes = { type = "BIGINT", help = "changes of a due date that was set, until the closing" }
late_postponements = { type = "BIGINT", help = "of these, those to a later date after the date had passed" }
due_date_slippage_s = { type = "DOUBLE", unit = "s", help = "first to last due date; below zero when it was moved forward" }
met_original_due = { type = "BOOLEAN", help = "closed by the first due date; NULL = no due date or not closed" }
met_last_due = { type = "BOOLEAN", help = "closed by the due date it had then" }
overdue_now = { type = "BOOLEAN", help = "active and past its due date" }
lateness_s = { type = "DOUBLE", unit = "s", help = "closing after the due date it had then; 0 in time" }
gaps = { type = "BIGINT", help = "places where events are missing" }
coverage = { type = "DOUBLE", help = "1 - time inside gaps / age" }
completeness = { type = "DOUBLE", help = "1 - (time inside gaps + unseen time) / age" }
first_event_id = { type = "VARCHAR", help = "event of the first known state" }
last_event_id = { type = "VARCHAR", help = "last event" }
---*/
-- Times come from `ticket_metric_values`, by the names that the field uses; counts from the moves,
-- the turns and the versions. A due date counts as it was when the ticket was closed for good.
CREATE OR REPLACE VIEW ticket_metrics AS
WITH lives AS MATERIALIZED (
    FROM ticket_milestones
),
named AS (
    SELECT
        v.org_id,
        v.ticket_id,
        metric_names(v.metric, v.value, v.outcome, p.place)[1] AS name,
        v.calendar_us,
        v.business_us,
        v.low_us,
        v.high_us
    FROM metric_measures AS v
    JOIN lives AS p ON p.org_id = v.org_id AND p.ticket_id = v.ticket_id
),
summed AS (
    SELECT
        org_id,
        ticket_id,
        name,
        struct_pack(
            calendar_us := sum(calendar_us),
            business_us := sum(business_us),
            spans := count(*),
            quality := duration_quality(
                sum(low_us), CASE WHEN count(high_us) = count(*) THEN sum(high_us) END
            )
        ) AS value
    FROM named
    GROUP BY org_id, ticket_id, name
),
durations AS (
    SELECT
        org_id,
        ticket_id,
        any_value(value) FILTER (name = 'first_reply_time') AS first_reply_time,
        any_value(value) FILTER (name = 'first_resolution_time') AS first_resolution_time,
        any_value(value) FILTER (name = 'full_resolution_time') AS full_resolution_time,
        any_value(value) FILTER (name = 'last_resolution_time') AS last_resolution_time,
        any_value(value) FILTER (name = 'lead_time') AS lead_time,
        any_value(value) FILTER (name = 'cycle_time') AS cycle_time,
        any_value(value) FILTER (name = 'time_to_first_assignment') AS time_to_first_assignment,
        any_value(value) FILTER (name = 'first_assignment_to_resolution') AS first_assignment_to_resolution,
        any_value(value) FILTER (name = 'last_assignment_to_resolution') AS last_assignment_to_resolution,
        any_value(value) FILTER (name = 'time_to_ticket') AS time_to_ticket,
        any_value(value) FILTER (name = 'customer_first_response_time') AS customer_first_response_time,
        any_value(value) FILTER (name = 'total_reply_time') AS total_reply_time,
        any_value(value) FILTER (name = 'agent_work_time') AS agent_work_time,
        any_value(value) FILTER (name = 'requester_wait_time') AS requester_wait_time,
        any_value(value) FILTER (name = 'on_hold_time') AS on_hold_time,
        any_value(value) FILTER (name = 'unassigned_time') AS unassigned_time,
        any_value(value) FILTER (name = 'waiting_on_us') AS waiting_on_us,
        any_value(value) FILTER (name = 'waiting_on_customer') AS waiting_on_customer,
        any_value(value) FILTER (name = 'unsolved_ticket_age') AS unsolved_ticket_age,
        any_value(value) FILTER (name = 'awaiting_first_reply_age') AS awaiting_first_reply_age,
        any_value(value) FILTER (name = 'awaiting_reply_age') AS awaiting_reply_age
    FROM summed
    GROUP BY org_id, ticket_id
)
SELECT
    t.org_id,
    t.ticket_id,
    t.chat_id,
    coalesce(k.calendar, 'default') AS calendar,
    t.status,
    m.place,
    t.priority,
    t.assignee,
    c.closer,
    m.born.instant AS created_at,
    m.first_resolved.instant AS first_resolved_at,
    m.last_resolved.instant AS last_resolved_at,
    m.finally_resolved.instant AS resolved_at,
    microseconds_between(m.born.instant, coalesce(m.removed.instant, a.instant)) / 1e6 AS age_s,
    microseconds_between(
        m.born.instant, least(m.first_known_at, coalesce(m.removed.instant, a.instant))
    ) / 1e6 AS unseen_time_s,
    d.first_reply_time.calendar_us / 1e6 AS first_reply_time_calendar_s,
    d.first_reply_time.business_us / 1e6 AS first_reply_time_business_s,
    d.first_reply_time.quality AS first_reply_time_quality,
    d.first_resolution_time.calendar_us / 1e6 AS first_resolution_time_calendar_s,
    d.first_resolution_time.business_us / 1e6 AS first_resolution_time_business_s,
    d.first_resolution_time.quality AS first_resolution_time_quality,
    d.full_resolution_time.calendar_us / 1e6 AS full_resolution_time_calendar_s,
    d.full_resolution_time.business_us / 1e6 AS full_resolution_time_business_s,
    d.full_resolution_time.quality AS full_resolution_time_quality,
    d.last_resolution_time.calendar_us / 1e6 AS last_resolution_time_calendar_s,
    d.last_resolution_time.business_us / 1e6 AS last_resolution_time_business_s,
    d.last_resolution_time.quality AS last_resolution_time_quality,
    d.lead_time.calendar_us / 1e6 AS lead_time_calendar_s,
    d.lead_time.business_us / 1e6 AS lead_time_business_s,
    d.lead_time.quality AS lead_time_quality,
    d.cycle_time.calendar_us / 1e6 AS cycle_time_calendar_s,
    d.cycle_time.business_us / 1e6 AS cycle_time_business_s,
    d.cycle_time.quality AS cycle_time_quality,
    d.time_to_first_assignment.calendar_us / 1e6 AS time_to_first_assignment_calendar_s,
    d.time_to_first_assignment.business_us / 1e6 AS time_to_first_assignment_business_s,
    d.time_to_first_assignment.quality AS time_to_first_assignment_quality,
    d.first_assignment_to_resolution.calendar_us / 1e6 AS first_assignment_to_resolution_calendar_s,
    d.first_assignment_to_resolution.business_us / 1e6 AS first_assignment_to_resolution_business_s,
    d.first_assignment_to_resolution.quality AS first_assignment_to_resolution_quality,
    d.last_assignment_to_resolution.calendar_us / 1e6 AS last_assignment_to_resolution_calendar_s,
    d.last_assignment_to_resolution.business_us / 1e6 AS last_assignment_to_resolution_business_s,
    d.last_assignment_to_resolution.quality AS last_assignment_to_resolution_quality,
    d.time_to_ticket.calendar_us / 1e6 AS time_to_ticket_calendar_s,
    d.time_to_ticket.business_us / 1e6 AS time_to_ticket_business_s,
    d.time_to_ticket.quality AS time_to_ticket_quality,
    d.customer_first_response_time.calendar_us / 1e6 AS customer_first_response_time_calendar_s,
    d.customer_first_response_time.business_us / 1e6 AS customer_first_response_time_business_s,
    d.customer_first_response_time.quality AS customer_first_response_time_quality,
    d.total_reply_time.calendar_us / 1e6 AS total_reply_time_calendar_s,
    d.total_reply_time.business_us / 1e6 AS total_reply_time_business_s,
    d.total_reply_time.quality AS total_reply_time_quality,
    d.agent_work_time.calendar_us / 1e6 AS agent_work_time_calendar_s,
    d.agent_work_time.business_us / 1e6 AS agent_work_time_business_s,
    d.agent_work_time.quality AS agent_work_time_quality,
    d.requester_wait_time.calendar_us / 1e6 AS requester_wait_time_calendar_s,
    d.requester_wait_time.business_us / 1e6 AS requester_wait_time_business_s,
    d.requester_wait_time.quality AS requester_wait_time_quality,
    d.on_hold_time.calendar_us / 1e6 AS on_hold_time_calendar_s,
    d.on_hold_time.business_us / 1e6 AS on_hold_time_business_s,
    d.on_hold_time.quality AS on_hold_time_quality,
    d.unassigned_time.calendar_us / 1e6 AS unassigned_time_calendar_s,
    d.unassigned_time.business_us / 1e6 AS unassigned_time_business_s,
    d.unassigned_time.quality AS unassigned_time_quality,
    d.waiting_on_us.calendar_us / 1e6 AS waiting_on_us_calendar_s,
    d.waiting_on_us.business_us / 1e6 AS waiting_on_us_business_s,
    d.waiting_on_us.quality AS waiting_on_us_quality,
    d.waiting_on_customer.calendar_us / 1e6 AS waiting_on_customer_calendar_s,
    d.waiting_on_customer.business_us / 1e6 AS waiting_on_customer_business_s,
    d.waiting_on_customer.quality AS waiting_on_customer_quality,
    d.unsolved_ticket_age.calendar_us / 1e6 AS unsolved_ticket_age_calendar_s,
    d.unsolved_ticket_age.business_us / 1e6 AS unsolved_ticket_age_business_s,
    d.unsolved_ticket_age.quality AS unsolved_ticket_age_quality,
    d.awaiting_first_reply_age.calendar_us / 1e6 AS awaiting_first_reply_age_calendar_s,
    d.awaiting_first_reply_age.business_us / 1e6 AS awaiting_first_reply_age_business_s,
    d.awaiting_first_reply_age.quality AS awaiting_first_reply_age_quality,
    d.awaiting_reply_age.calendar_us / 1e6 AS awaiting_reply_age_calendar_s,
    d.awaiting_reply_age.business_us / 1e6 AS awaiting_reply_age_business_s,
    d.awaiting_reply_age.quality AS awaiting_reply_age_quality,
    CASE
        WHEN d.lead_time.calendar_us > 0
        THEN coalesce(d.agent_work_time.calendar_us, 0) / d.lead_time.calendar_us
    END AS flow_efficiency,
    w.agent_replies,
    w.agent_messages,
    w.customer_messages,
    coalesce(d.total_reply_time.spans, 0)::BIGINT AS reply_turns,
    w.ambiguous_messages,
    c.resolutions,
    c.reopens,
    c.unarchives,
    c.assignee_stations,
    c.unique_assignees,
    c.reassignments,
    c.ping_pongs,
    c.priority_escalations,
    c.priority_at_creation,
    c.priority_at_resolution,
    u.original_due_date,
    u.due_date,
    u.due_date_changes,
    u.late_postponements,
    u.due_date_slippage_s,
    u.met_original_due,
    u.met_last_due,
    u.overdue_now,
    u.lateness_s,
    q.gaps,
    q.coverage::DOUBLE AS coverage,
    q.score::DOUBLE AS completeness,
    m.born.event_id AS first_event_id,
    t.last_event_id
FROM tickets_all AS t
CROSS JOIN asked_at AS a
JOIN lives AS m ON m.org_id = t.org_id AND m.ticket_id = t.ticket_id
LEFT JOIN ticket_own_calendars AS k ON k.org_id = t.org_id AND k.ticket_id = t.ticket_id
JOIN ticket_counts AS c ON c.org_id = t.org_id AND c.ticket_id = t.ticket_id
JOIN ticket_due_dates AS u ON u.org_id = t.org_id AND u.ticket_id = t.ticket_id
JOIN ticket_completeness AS q
    ON q.org_id = t.org_id AND q.ticket_id = t.ticket_id
LEFT JOIN durations AS d ON d.org_id = t.org_id AND d.ticket_id = t.ticket_id
JOIN ticket_talk AS w ON w.org_id = t.org_id AND w.ticket_id = t.ticket_id
