/*---
title = "What `ticket_daily` counts, each organisation in one part"
grain = "one row per move"
internal = true
---*/
SELECT
    org_id,
    moved_at,
    place_before,
    place,
    status_before,
    status,
    priority_before,
    priority,
    holder_before,
    holder,
    is_exact,
    (md5_number_lower(org_id) % getvariable('parts'))::INTEGER AS part
FROM ticket_moves
