/*---
title = "Habits of the senders of the tickets of this task, summed"
grain = "one row per organisation"
internal = true
---*/
SELECT org_id, NULL::VARCHAR AS ticket_id, sum(COLUMNS(* EXCLUDE (org_id, ticket_id)))
FROM ticket_habits
GROUP BY org_id
