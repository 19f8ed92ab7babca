/*---
title = "Metrics of each ticket"
question = "How long did each ticket take, whose turn was it, and how sure is that?"
grain = "one row per ticket, deleted ones included"
key = ["org_id", "ticket_id"]
period = "tickets created"
like = "ticket_metrics"
---*/
SELECT *
FROM ticket_metrics
ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property)
    USING (org_id, ticket_id)
WHERE created_at <= $as_of::TIMESTAMPTZ
    AND created_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND created_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
    AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
ORDER BY org_id, ticket_id
