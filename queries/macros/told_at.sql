/*---
title = "An instant, its bounds (earliest NULL = unknown) and the event that tells of it"
internal = true
---*/
CREATE OR REPLACE MACRO told_at(at_instant, earliest_instant, latest_instant, event) AS struct_pack(
    instant := at_instant,
    earliest := earliest_instant,
    latest := latest_instant,
    event_id := event
)
