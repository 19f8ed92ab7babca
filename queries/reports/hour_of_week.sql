/*---
title = "Hours of the week"
question = "When do tickets and messages come in, and when do we work?"
grain = "one row per organisation, weekday and hour with anything in it"
key = ["org_id", "dow", "hour"]
period = "what happened"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
dow = { type = "BIGINT", help = "1 Monday to 7 Sunday, on the clock of the time zone" }
hour = { type = "BIGINT", help = "0 to 23" }
created = { type = "BIGINT", help = "tickets created, those deleted since too" }
resolved = { type = "BIGINT", help = "closings, those of tickets deleted since too" }
messages_in = { type = "BIGINT", help = "messages of customers" }
messages_out = { type = "BIGINT", help = "messages of the team" }
staffed_flag = { type = "BOOLEAN", help = "the default calendar was open for more than half of all this; true without --calendar" }
---*/
WITH happened AS (
    SELECT org_id, born.instant AS instant, 'created' AS kind
    FROM ticket_milestones
    UNION ALL
    SELECT org_id, moved_at, 'resolved'
    FROM ticket_moves
    WHERE is_dated_resolution
    UNION ALL
    SELECT org_id, sent_at, CASE WHEN is_agent THEN 'out' ELSE 'in' END
    FROM message_sides
),
chosen AS (
    SELECT h.*, is_business_time(d.calendar, h.instant) AS is_open
    FROM happened AS h
    CROSS JOIN (SELECT arg_max(calendar, position) AS calendar FROM calendar_rules) AS d
    WHERE h.instant <= $as_of::TIMESTAMPTZ
        AND h.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND h.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR h.org_id = $org_id)
)
SELECT
    org_id,
    isodow(instant)::BIGINT AS dow,
    hour(instant)::BIGINT AS hour,
    count(*) FILTER (kind = 'created') AS created,
    count(*) FILTER (kind = 'resolved') AS resolved,
    count(*) FILTER (kind = 'in') AS messages_in,
    count(*) FILTER (kind = 'out') AS messages_out,
    count(*) FILTER (is_open) * 2 > count(*) AS staffed_flag
FROM chosen
GROUP BY org_id, dow, hour
ORDER BY org_id, dow, hour
