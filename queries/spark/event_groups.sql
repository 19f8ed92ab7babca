/*---
title = "The group of each event, and the parts of that group if it is a giant"
grain = "one row per event"
internal = true
---*/
-- `met` has the group of everything that is not simply where its chat is; all places of a thing are
-- of one group, so any of them tells it.
CREATE OR REPLACE VIEW event_groups AS
SELECT e.*, coalesce(p.of, e.places[1]) AS of, g.first, g.parts
FROM event_subjects AS e
LEFT JOIN met AS p ON p.org_id = e.org_id AND p.thing = e.places[1]
LEFT JOIN giants AS g ON g.org_id = e.org_id AND g.of = coalesce(p.of, e.places[1])
