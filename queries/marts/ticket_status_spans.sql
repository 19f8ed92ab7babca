/*---
title = "How long each ticket was in each status"
grain = "one row per ticket and visit of a status; archived and deleted time belongs to none"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
visit = { type = "BIGINT", help = "number in the order of time; one of an archived or deleted time is missing" }
status = { type = "VARCHAR", help = "status" }
since_at = { type = "TIMESTAMP WITH TIME ZONE", help = "start" }
since_on = { type = "DATE", help = "local date of since_at" }
since_hour = { type = "INTEGER", help = "local hour of since_at, 0 to 23" }
until_at = { type = "TIMESTAMP WITH TIME ZONE", help = "end; NULL = it is in it still" }
until_on = { type = "DATE", help = "local date of until_at" }
until_hour = { type = "INTEGER", help = "local hour of until_at" }
calendar_s = { type = "DOUBLE", unit = "s", help = "length; up to as_of while it lasts" }
business_s = { type = "DOUBLE", unit = "s", help = "of it the time that the ticket's calendar was open" }
is_exact = { type = "BOOLEAN", help = "start and end were seen" }
---*/
WITH visits AS (
    SELECT
        s.* EXCLUDE (until),
        s.until AS left_at,
        coalesce(k.calendar, 'default') AS calendar,
        coalesce(s.until, a.instant) AS until
    FROM ticket_spans AS s
    LEFT JOIN ticket_own_calendars AS k ON k.org_id = s.org_id AND k.ticket_id = s.ticket_id
    CROSS JOIN asked_at AS a
)
SELECT
    org_id,
    ticket_id,
    visit,
    status,
    since AS since_at,
    since::DATE AS since_on,
    hour(since)::INTEGER AS since_hour,
    left_at AS until_at,
    left_at::DATE AS until_on,
    hour(left_at)::INTEGER AS until_hour,
    microseconds_between(since, until) / 1e6 AS calendar_s,
    business_time_us / 1e6 AS business_s,
    is_exact
FROM with_business_us(visits)
ORDER BY org_id, ticket_id, visit
