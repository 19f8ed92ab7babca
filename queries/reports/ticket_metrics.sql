/*---
title = "Metrics of each ticket"
question = "How long did each ticket take, whose turn was it, and how sure is that?"
grain = "one row per ticket, deleted ones included"
like = "ticket_metrics"

[params.as_of]
type = "TIMESTAMPTZ"
help = "only events at or before this instant count; default: the last event"

[params.from]
type = "TIMESTAMPTZ"
help = "tickets created at or after this instant; default: the beginning"
optional = true

[params.to]
type = "TIMESTAMPTZ"
help = "tickets created before this instant; default: as_of, included"
optional = true

[params.org_id]
type = "VARCHAR"
help = "only this organisation"
optional = true
---*/
SELECT *
FROM ticket_metrics
WHERE created_at <= $as_of::TIMESTAMPTZ
    AND created_at >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND created_at < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
    AND ($org_id::VARCHAR IS NULL OR org_id = $org_id)
ORDER BY org_id, ticket_id
