/*---
title = "Every change of a chat that images show opens a version"
grain = "one row per change without one, or with an instant of its own"
---*/
SELECT c.org_id, c.chat_id, c.field, c.event_id, c.changed_at, h.valid_from
FROM chat_changes AS c
LEFT JOIN chat_history AS h
    ON h.org_id = c.org_id AND h.chat_id = c.chat_id AND h.event_id = c.event_id
WHERE c.evidence <> 'declared' AND c.changed_at IS DISTINCT FROM h.valid_from
    OR c.old_value IS NOT DISTINCT FROM c.new_value
ORDER BY ALL
