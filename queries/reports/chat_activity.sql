/*---
title = "Chats"
question = "How much is said, how soon do we answer, and who waits for an answer now?"
grain = "one row per organisation and bucket of time in which something was said or raised"
key = ["org_id", "bucket_start_local", "bucket_start_utc"]
period = "messages sent and tickets created"

[params.grain]
type = "VARCHAR"
help = "hour, day, week (from Monday), month, quarter or year, in the report's time zone"
default = "week"
choices = ["hour", "day", "week", "month", "quarter", "year"]

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
bucket_start_local = { type = "TIMESTAMP", help = "start of the bucket on the clock of the time zone" }
bucket_start_utc = { type = "TIMESTAMP WITH TIME ZONE", help = "start of the bucket" }
active_chats = { type = "BIGINT", help = "chats with a message" }
messages_in = { type = "BIGINT", help = "messages of customers" }
messages_out = { type = "BIGINT", help = "messages of the team" }
replies = { type = "BIGINT", help = "turns of customers that the team answered, by the answer" }
reply_p50_s = { type = "DOUBLE", unit = "s", help = "median time from the first message of such a turn to the answer" }
unanswered_now = { type = "BIGINT", help = "chats whose very last message is the customer's and was sent in this bucket" }
tickets_created = { type = "BIGINT", help = "tickets created" }
tickets_per_chat = { type = "DOUBLE", help = "tickets created / chats they belong to; NULL = none" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets that were created" }
---*/
WITH said AS (
    SELECT *
    FROM message_turns
    WHERE $org_id::VARCHAR IS NULL OR org_id = $org_id
),
births AS (
    SELECT b.org_id, b.born_at, t.chat_id, t.is_deleted
    FROM ticket_births AS b
    JOIN tickets_all AS t ON t.org_id = b.org_id AND t.ticket_id = b.ticket_id
    WHERE $org_id::VARCHAR IS NULL OR b.org_id = $org_id
),
happened AS (
    SELECT org_id, sent_at AS instant, chat_id, 1 AS messages, is_agent,
        is_last AND NOT is_agent AND chat_id IS NOT NULL AS is_unanswered
    FROM said
    UNION ALL BY NAME
    SELECT org_id, born_at AS instant, chat_id, 0 AS messages, is_deleted
    FROM births
),
-- Bucket by bucket and chat by chat, so that a chat is counted once.
of_chats AS (
    SELECT
        org_id,
        bucket_of($grain::VARCHAR, instant) AS bucket,
        chat_id,
        sum(messages) AS messages,
        count(*) FILTER (NOT is_agent) AS messages_in,
        count(*) FILTER (is_agent) AS messages_out,
        count(*) FILTER (is_unanswered) AS unanswered,
        count(*) FILTER (messages = 0 AND NOT is_deleted) AS tickets,
        count(*) FILTER (is_deleted) AS excluded
    FROM happened
    WHERE instant <= $as_of::TIMESTAMPTZ
        AND instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
    GROUP BY org_id, bucket, chat_id
),
replies AS (
    SELECT
        org_id,
        bucket_of($grain::VARCHAR, sent_at) AS bucket,
        count(*) AS replies,
        quantile_cont(microseconds_between(asked_at, sent_at), 0.5) / 1e6 AS reply_p50_s
    FROM said
    WHERE is_agent
        AND chat_id IS NOT NULL
        AND asked_at IS NOT NULL
        AND sent_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND sent_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
    GROUP BY org_id, bucket
)
SELECT
    c.org_id,
    c.bucket::TIMESTAMP AS bucket_start_local,
    bucket_start($grain::VARCHAR, c.bucket) AS bucket_start_utc,
    count(c.chat_id) FILTER (c.messages > 0) AS active_chats,
    sum(c.messages_in)::BIGINT AS messages_in,
    sum(c.messages_out)::BIGINT AS messages_out,
    coalesce(any_value(r.replies), 0) AS replies,
    any_value(r.reply_p50_s) AS reply_p50_s,
    sum(c.unanswered)::BIGINT AS unanswered_now,
    sum(c.tickets)::BIGINT AS tickets_created,
    sum(c.tickets) FILTER (c.chat_id IS NOT NULL)
        / nullif(count(c.chat_id) FILTER (c.tickets > 0), 0) AS tickets_per_chat,
    sum(c.excluded)::BIGINT AS tickets_excluded
FROM of_chats AS c
LEFT JOIN replies AS r ON r.org_id = c.org_id AND r.bucket = c.bucket
GROUP BY c.org_id, c.bucket
ORDER BY c.org_id, c.bucket
