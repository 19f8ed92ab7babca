/*---
title = "Every event_id is the hash of what is stored"
grain = "one row per event whose content and identity disagree"
---*/
-- Audit-log rows are known by the vendor's log_id, a redacted secret is not stored, and to_json
-- spells control characters otherwise.
SELECT event_id, event_type, batch, source, source_line
FROM ledger_events
WHERE form <> 'audit_log'
    AND NOT regexp_matches(org_id, '[[:cntrl:]]')
    AND NOT (object_type = 'phone' AND contains(
        data || coalesce(previous_attributes, ''), '"qr_code":"[redacted]"'
    ))
    AND event_id <> md5(
        '[' || to_json(event_type) || ',' || to_json(org_id) || ',' || epoch_us(event_at)
        || ',' || whole_data(data, data_attached_messages, data_chat, data_message) || coalesce(',' || previous_attributes, '') || ']'
    )
ORDER BY event_id
