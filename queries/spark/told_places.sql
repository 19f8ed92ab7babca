/*---
title = "Where each ticket, message and short id is told to be, and how many events go by each place"
grain = "one row per thing and place; events go by their first place"
internal = true
---*/
SELECT org_id, told.thing, told.place, sum(told.events)::BIGINT AS events
FROM (
    SELECT
        org_id,
        unnest(list_append(
            flatten(list_transform(
                things,
                lambda thing: list_transform(
                    places, lambda place: {'thing': thing, 'place': place, 'events': 0}
                )
            )),
            {'thing': places[1], 'place': places[1], 'events': 1}
        )) AS told
    FROM event_subjects
)
GROUP BY ALL
