/*---
title = "The events that views of tickets, chats and messages stand on, each with its part"
grain = "one row per event"
internal = true
---*/
-- Those of giants have parts of their own, among which they go by what they are about.
SELECT
    * EXCLUDE (subject, things, places, of, first, parts),
    coalesce(
        first + md5_number_lower(subject) % parts,
        md5_number_lower(org_id || chr(0) || of) % getvariable('parts')
    )::INTEGER AS part
FROM event_groups
