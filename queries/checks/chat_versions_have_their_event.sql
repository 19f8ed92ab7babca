/*---
title = "Every version of a chat was opened by an event about that chat"
grain = "one row per version without, or at another instant"
---*/
SELECT h.org_id, h.chat_id, h.version, h.event_id, h.evidence, h.valid_from, e.event_at
FROM chat_history AS h
LEFT JOIN ledger_events AS e
    ON e.event_id = h.event_id AND e.org_id = h.org_id AND e.chat_id = h.chat_id
WHERE e.event_id IS NULL
    OR h.valid_from IS DISTINCT FROM e.event_at
    OR h.evidence IS DISTINCT FROM CASE
        WHEN e.form = 'snapshot' THEN 'snapshot'
        WHEN e.chat_before_keys IS NULL THEN 'image'
        ELSE 'both'
    END
ORDER BY h.org_id, h.chat_id, h.version
