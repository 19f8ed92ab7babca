/*---
title = "Labels"
question = "Which labels do tickets carry, for how long, and how do they end?"
grain = "one row per organisation and label"
key = ["org_id", "label"]
period = "tickets created"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
label = { type = "VARCHAR", help = "label: trimmed, case-folded" }
tickets = { type = "BIGINT", help = "tickets that ever carried it" }
tickets_now = { type = "BIGINT", help = "tickets that carry it now" }
adds = { type = "BIGINT", help = "times it was put on, also at the creation" }
removes = { type = "BIGINT", help = "times it was taken off" }
time_p50_s = { type = "DOUBLE", unit = "s", help = "median time that a ticket carried it, in all, up to as_of" }
resolution_p50_s = { type = "DOUBLE", unit = "s", help = "median full resolution time of those now closed" }
reopen_rate = { type = "DOUBLE", help = "reopens / resolutions of these tickets; NULL = no resolution" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets of the period with the label" }
---*/
SELECT
    c.org_id,
    c.label,
    count(*) FILTER (m.place <> 'deleted') AS tickets,
    count(*) FILTER (m.place <> 'deleted' AND c.is_now) AS tickets_now,
    coalesce(sum(c.adds) FILTER (m.place <> 'deleted'), 0)::BIGINT AS adds,
    coalesce(sum(c.adds - c.is_now::BIGINT) FILTER (m.place <> 'deleted'), 0)::BIGINT AS removes,
    quantile_cont(c.us, 0.5) FILTER (m.place <> 'deleted') / 1e6 AS time_p50_s,
    quantile_cont(microseconds_between(m.born.instant, m.now_resolved.instant), 0.5)
        FILTER (m.place <> 'deleted') / 1e6 AS resolution_p50_s,
    sum(n.reopens) FILTER (m.place <> 'deleted')
        / nullif(sum(n.resolutions) FILTER (m.place <> 'deleted'), 0) AS reopen_rate,
    count(*) FILTER (m.place = 'deleted') AS tickets_excluded
FROM ticket_label_times AS c
JOIN ticket_milestones AS m ON m.org_id = c.org_id AND m.ticket_id = c.ticket_id
JOIN ticket_counts AS n ON n.org_id = c.org_id AND n.ticket_id = c.ticket_id
ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
    ON l.org_id = c.org_id AND l.ticket_id = c.ticket_id
WHERE ($org_id::VARCHAR IS NULL OR c.org_id = $org_id)
    AND m.born.instant <= $as_of::TIMESTAMPTZ
    AND m.born.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
    AND m.born.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
GROUP BY c.org_id, c.label
ORDER BY c.org_id, c.label
