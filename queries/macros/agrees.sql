/*---
title = "Whether two events tell nothing different of the fields that both tell, custom properties apart"
internal = true
---*/
-- A sender may tell the old values of properties by key, the new ones whole.
CREATE OR REPLACE MACRO agrees(one, other) AS
(one.assigned_by IS NULL OR other.assigned_by IS NULL OR one.assigned_by.v IS NOT DISTINCT FROM other.assigned_by.v)
AND (one.assignee IS NULL OR other.assignee IS NULL OR one.assignee.v IS NOT DISTINCT FROM other.assignee.v)
AND (one.chat_id IS NULL OR other.chat_id IS NULL OR one.chat_id.v IS NOT DISTINCT FROM other.chat_id.v)
AND (one.closed_at IS NULL OR other.closed_at IS NULL OR one.closed_at.v IS NOT DISTINCT FROM other.closed_at.v)
AND (one.closed_by IS NULL OR other.closed_by IS NULL OR one.closed_by.v IS NOT DISTINCT FROM other.closed_by.v)
AND (one.closed_message IS NULL OR other.closed_message IS NULL OR one.closed_message.v IS NOT DISTINCT FROM other.closed_message.v)
AND (one.created_at IS NULL OR other.created_at IS NULL OR one.created_at.v IS NOT DISTINCT FROM other.created_at.v)
AND (one.due_date IS NULL OR other.due_date IS NULL OR one.due_date.v IS NOT DISTINCT FROM other.due_date.v)
AND (one.first_assigned_at IS NULL OR other.first_assigned_at IS NULL OR one.first_assigned_at.v IS NOT DISTINCT FROM other.first_assigned_at.v)
AND (one.is_deleted IS NULL OR other.is_deleted IS NULL OR one.is_deleted.v IS NOT DISTINCT FROM other.is_deleted.v)
AND (one.labels IS NULL OR other.labels IS NULL OR one.labels.v IS NOT DISTINCT FROM other.labels.v)
AND (one.priority IS NULL OR other.priority IS NULL OR one.priority.v IS NOT DISTINCT FROM other.priority.v)
AND (one.quoted_message_id IS NULL OR other.quoted_message_id IS NULL OR one.quoted_message_id.v IS NOT DISTINCT FROM other.quoted_message_id.v)
AND (one.raised_by IS NULL OR other.raised_by IS NULL OR one.raised_by.v IS NOT DISTINCT FROM other.raised_by.v)
AND (one.status IS NULL OR other.status IS NULL OR one.status.v IS NOT DISTINCT FROM other.status.v)
AND (one.subject IS NULL OR other.subject IS NULL OR one.subject.v IS NOT DISTINCT FROM other.subject.v)
