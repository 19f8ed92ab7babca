/*---
title = "Labels are trimmed, folded, sorted and there once"
grain = "one row per event with labels that are not"
---*/
-- Folding is checked for ASCII: few engines know all of Unicode's.
WITH told AS (
    SELECT
        event_id,
        unnest([ticket.labels, ticket_before.labels, chat.labels, chat_before.labels]) AS labels
    FROM ledger_events
    WHERE ticket_keys IS NOT NULL OR chat_keys IS NOT NULL
)
SELECT event_id, labels
FROM told
WHERE len(labels) > 0
    AND (
        labels <> list_sort(list_distinct(labels))
        OR len(
            list_filter(labels, lambda l: l = '' OR l <> trim(l) OR regexp_matches(l, '[A-Z]'))
        ) > 0
    )
ORDER BY event_id, labels
