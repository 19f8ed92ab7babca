/*---
title = "Who spoke when in each chat, and where a side began to speak"
dear = true
grain = "one row per message of the team or the customer"
internal = true
---*/
-- `asked_at` is when the turn before began, at the first message of one; of messages that name no
-- chat nothing follows.
CREATE OR REPLACE VIEW message_turns AS
WITH said AS (
    SELECT
        org_id,
        chat_id,
        message_id,
        sent_at,
        is_agent,
        is_agent IS DISTINCT FROM lag(is_agent) OVER in_order AS is_new,
        lead(message_id) OVER in_order IS NULL AS is_last
    FROM agent_messages
    WHERE sent_at <= (SELECT instant FROM asked_at)
    WINDOW in_order AS (PARTITION BY org_id, chat_id ORDER BY sent_at, message_id)
)
SELECT
    *,
    CASE
        WHEN is_new
        THEN last_value(CASE WHEN is_new THEN sent_at END IGNORE NULLS) OVER (
            PARTITION BY org_id, chat_id
            ORDER BY sent_at, message_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    END AS asked_at
FROM said
