/*---
title = "First replies"
question = "How soon does a customer hear from us, and who still waits?"
grain = "one row per organisation"
key = ["org_id"]
period = "tickets created"

[params.frt_start]
type = "VARCHAR"
help = "where the time begins: created, or the first or the last message of the customer before the reply"
default = "created"
choices = ["created", "first_message", "last_message"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
tickets = { type = "BIGINT", help = "tickets created in the period" }
replied = { type = "BIGINT", help = "of these, replied to" }
awaiting = { type = "BIGINT", help = "active and not replied to" }
never = { type = "BIGINT", help = "closed or archived without a reply" }
frt_start = { type = "VARCHAR", help = "where the times begin; replies without such a message have none" }
p50_s = { type = "DOUBLE", unit = "s", help = "median time to the first reply" }
p85_s = { type = "DOUBLE", unit = "s", help = "85 % took no longer" }
p95_s = { type = "DOUBLE", unit = "s", help = "95 % took no longer" }
p50_business_s = { type = "DOUBLE", unit = "s", help = "median in business time" }
p85_business_s = { type = "DOUBLE", unit = "s", help = "85 % took no longer in business time" }
within_1h = { type = "BIGINT", help = "first reply in less than 1 hour" }
within_4h = { type = "BIGINT", help = "1 to 4 hours, upper end not included here and below" }
within_8h = { type = "BIGINT", help = "4 to 8 hours" }
within_24h = { type = "BIGINT", help = "8 to 24 hours" }
over_24h = { type = "BIGINT", help = "24 hours or more" }
ambiguous = { type = "BIGINT", help = "not replied to, but with messages that may be this or another ticket's" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the period" }
quality_share_exact = { type = "DOUBLE", help = "share of the times that no lost event blurs; NULL = none" }
---*/
WITH begun AS (
    SELECT
        r.org_id,
        r.ticket_id,
        r.first_reply,
        CASE $frt_start::VARCHAR
            WHEN 'first_message' THEN told_exactly(q.since, q.event_id)
            WHEN 'last_message' THEN told_exactly(q.until, NULL)
            ELSE m.born
        END AS began
    FROM ticket_replies AS r
    JOIN ticket_milestones AS m ON m.org_id = r.org_id AND m.ticket_id = r.ticket_id
    LEFT JOIN ticket_turns AS q
        ON q.org_id = r.org_id AND q.ticket_id = r.ticket_id AND q.turn = 1 AND NOT q.is_agent
),
spans AS (
    SELECT
        b.*,
        coalesce(c.calendar, 'default') AS calendar,
        b.began.instant AS since,
        b.first_reply.instant AS until
    FROM begun AS b
    LEFT JOIN ticket_own_calendars AS c ON c.org_id = b.org_id AND c.ticket_id = b.ticket_id
),
replied AS (
    SELECT org_id, ticket_id, measured(business_time_us, began, first_reply) AS took
    FROM with_business_us(spans)
),
chosen AS (
    SELECT
        m.org_id,
        m.place,
        w.ambiguous_messages,
        s.ticket_id IS NOT NULL AS is_replied,
        s.took.calendar_us / 1e6 AS calendar_s,
        s.took.business_us / 1e6 AS business_s,
        CASE
            WHEN s.took.calendar_us IS NOT NULL
            THEN duration_quality(s.took.low_us, s.took.high_us)
        END AS quality
    FROM ticket_milestones AS m
    JOIN ticket_talk AS w ON w.org_id = m.org_id AND w.ticket_id = m.ticket_id
    LEFT JOIN replied AS s ON s.org_id = m.org_id AND s.ticket_id = m.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = m.org_id AND l.ticket_id = m.ticket_id
    WHERE m.born.instant <= $as_of::TIMESTAMPTZ
        AND m.born.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND m.born.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
),
excluded AS (
    SELECT org_id, count(*) AS tickets_excluded
    FROM chosen
    WHERE place = 'deleted'
    GROUP BY org_id
)
SELECT
    c.org_id,
    count(*) AS tickets,
    count(*) FILTER (c.is_replied) AS replied,
    count(*) FILTER (NOT c.is_replied AND c.place = 'active') AS awaiting,
    count(*) FILTER (NOT c.is_replied AND c.place <> 'active') AS never,
    $frt_start::VARCHAR AS frt_start,
    quantile_cont(c.calendar_s, 0.5) AS p50_s,
    quantile_cont(c.calendar_s, 0.85) AS p85_s,
    quantile_cont(c.calendar_s, 0.95) AS p95_s,
    quantile_cont(c.business_s, 0.5) AS p50_business_s,
    quantile_cont(c.business_s, 0.85) AS p85_business_s,
    count(*) FILTER (c.calendar_s < 3600) AS within_1h,
    count(*) FILTER (c.calendar_s >= 3600 AND c.calendar_s < 14400) AS within_4h,
    count(*) FILTER (c.calendar_s >= 14400 AND c.calendar_s < 28800) AS within_8h,
    count(*) FILTER (c.calendar_s >= 28800 AND c.calendar_s < 86400) AS within_24h,
    count(*) FILTER (c.calendar_s >= 86400) AS over_24h,
    count(*) FILTER (NOT c.is_replied AND c.ambiguous_messages > 0) AS ambiguous,
    coalesce(any_value(e.tickets_excluded), 0) AS tickets_excluded,
    CASE
        WHEN count(c.calendar_s) > 0
        THEN count(c.calendar_s) FILTER (c.quality = 'exact') / count(c.calendar_s)
    END AS quality_share_exact
FROM chosen AS c
LEFT JOIN excluded AS e ON e.org_id = c.org_id
WHERE c.place <> 'deleted'
GROUP BY c.org_id
ORDER BY c.org_id
