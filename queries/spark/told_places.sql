/*---
title = "Where each ticket, message and short id is told to be"
grain = "one row per thing and place"
internal = true
---*/
SELECT DISTINCT org_id, thing, unnest(places) AS place
FROM (SELECT org_id, places, unnest(things) AS thing FROM event_subjects)
