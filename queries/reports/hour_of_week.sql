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
    SELECT *, epoch_us(instant) AS us
    FROM happened
    WHERE instant <= $as_of::TIMESTAMPTZ
        AND instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
),
half_hours_within AS ( -- an hour of the week
    SELECT half_hour, isodow(first_at) AS dow, hour(first_at) AS hour
    FROM half_hours($as_of::TIMESTAMPTZ)
    WHERE isodow(first_at) = isodow(last_at) AND hour(first_at) = hour(last_at)
),
pieces AS ( -- as `is_business_time` reads them, once for all instants
    SELECT day, from_us, until_us, open_us, close_us
    FROM calendar_pieces
    WHERE calendar = (SELECT arg_max(calendar, position) FROM calendar_rules)
)
SELECT
    c.org_id,
    coalesce(h.dow, isodow(c.instant))::BIGINT AS dow,
    coalesce(h.hour, hour(c.instant))::BIGINT AS hour,
    count(*) FILTER (c.kind = 'created') AS created,
    count(*) FILTER (c.kind = 'resolved') AS resolved,
    count(*) FILTER (c.kind = 'in') AS messages_in,
    count(*) FILTER (c.kind = 'out') AS messages_out,
    count(*) FILTER (c.us >= p.open_us AND c.us < p.close_us) * 2 > count(*) AS staffed_flag
FROM chosen AS c
LEFT JOIN half_hours_within AS h ON h.half_hour = half_hour_of(c.instant)
LEFT JOIN pieces AS p
    ON p.day = c.us // 86_400_000_000 AND c.us >= p.from_us AND c.us < p.until_us
GROUP BY ALL
ORDER BY c.org_id, dow, hour
