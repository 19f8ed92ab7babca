/*---
title = "The events that views of tickets, chats and messages stand on, each with its part"
grain = "one row per event"
internal = true
---*/
-- `met` has the group of everything that is not simply where its chat is; all places of a thing are
-- of one group, so any of them tells it. Those of `giants` have parts of their own, among which the
-- events go by what they are about.
SELECT
    e.* EXCLUDE (subject, things, places),
    coalesce(
        g.first + md5_number_lower(e.subject) % g.parts,
        md5_number_lower(e.org_id || chr(0) || coalesce(p.of, e.places[1])) % getvariable('parts')
    )::INTEGER AS part
FROM event_subjects AS e
LEFT JOIN met AS p ON p.org_id = e.org_id AND p.thing = e.places[1]
LEFT JOIN giants AS g ON g.org_id = e.org_id AND g.of = coalesce(p.of, e.places[1])
