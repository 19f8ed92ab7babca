/*---
title = "Every gap lies between two events of its ticket and has a recovered state at its end"
grain = "one row per gap of which that is not so"
---*/
SELECT g.org_id, g.ticket_id, g.gap_after, g.gap_before, g.former_event_id, g.event_id, g.fields
FROM ticket_gaps AS g
LEFT JOIN ticket_states AS s
    ON s.org_id = g.org_id AND s.ticket_id = g.ticket_id AND s.event_id = g.event_id
LEFT JOIN ticket_moments AS m
    ON m.org_id = g.org_id
    AND m.ticket_id = g.ticket_id
    AND m.event_id = g.event_id
    AND m.part = 0
WHERE m.event_id IS NULL
    OR g.gap_after > g.gap_before
    OR NOT coalesce(s.is_verifiable, false)
    OR s.former_event_id IS DISTINCT FROM g.former_event_id
    OR m.earliest IS DISTINCT FROM g.gap_after
    OR m.latest IS DISTINCT FROM g.gap_before
    OR len(g.fields) = 0
    OR g.fields <> list_sort(list_distinct(g.fields))
    OR list_sort(json_keys(g.recorded_values)) <> g.fields
    OR list_sort(json_keys(g.declared_values)) <> g.fields
ORDER BY ALL
