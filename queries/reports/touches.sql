/*---
title = "Touches"
question = "How many tickets were solved with one answer?"
grain = "one row per organisation"
key = ["org_id"]
period = "tickets resolved"

[columns]
org_id = { type = "VARCHAR", help = "organisation" }
resolved = { type = "BIGINT", help = "tickets whose lasting closing is in the period" }
zero = { type = "BIGINT", help = "without a reply of the team" }
one_native = { type = "BIGINT", help = "with one reply or none, as Zendesk counts" }
one_strict = { type = "BIGINT", help = "with exactly one reply" }
two = { type = "BIGINT", help = "with two replies" }
multi = { type = "BIGINT", help = "with more than two" }
one_messaging = { type = "BIGINT", help = "with exactly one reply, never reopened and never on hold" }
replies_mean = { type = "DOUBLE", help = "mean number of replies; a reply is a turn, however many messages it has" }
tickets_excluded = { type = "BIGINT", help = "deleted tickets whose lasting closing is in the period" }
---*/
WITH chosen AS (
    SELECT
        m.org_id,
        m.place,
        w.agent_replies,
        w.agent_replies = 1 AND c.reopens = 0 AND h.ticket_id IS NULL AS is_one_messaging
    FROM ticket_milestones AS m
    JOIN ticket_talk AS w ON w.org_id = m.org_id AND w.ticket_id = m.ticket_id
    JOIN ticket_counts AS c ON c.org_id = m.org_id AND c.ticket_id = m.ticket_id
    LEFT JOIN held_tickets AS h ON h.org_id = m.org_id AND h.ticket_id = m.ticket_id
    ANTI JOIN left_out_tickets($org_id, $assignee, $priority, $label, $property) AS l
        ON l.org_id = m.org_id AND l.ticket_id = m.ticket_id
    WHERE m.finally_resolved.instant <= $as_of::TIMESTAMPTZ
        AND m.finally_resolved.instant >= coalesce($from::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)
        AND m.finally_resolved.instant < coalesce($to::TIMESTAMPTZ, 'infinity'::TIMESTAMPTZ)
        AND ($org_id::VARCHAR IS NULL OR m.org_id = $org_id)
)
SELECT
    org_id,
    count(*) FILTER (place <> 'deleted') AS resolved,
    count(*) FILTER (place <> 'deleted' AND agent_replies = 0) AS zero,
    count(*) FILTER (place <> 'deleted' AND agent_replies < 2) AS one_native,
    count(*) FILTER (place <> 'deleted' AND agent_replies = 1) AS one_strict,
    count(*) FILTER (place <> 'deleted' AND agent_replies = 2) AS two,
    count(*) FILTER (place <> 'deleted' AND agent_replies > 2) AS multi,
    count(*) FILTER (place <> 'deleted' AND is_one_messaging) AS one_messaging,
    avg(agent_replies) FILTER (place <> 'deleted') AS replies_mean,
    count(*) FILTER (place = 'deleted') AS tickets_excluded
FROM chosen
GROUP BY org_id
ORDER BY org_id
