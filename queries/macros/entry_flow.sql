/*---
title = "How a move enters the backlog of a value: created, reopened, restored or transfer_in; NULL = it does not"
internal = true
---*/
-- A move from active to active enters a value only when it comes from another one.
CREATE OR REPLACE MACRO entry_flow(place_before, place, is_same_value) AS
CASE
    WHEN place <> 'active' OR (place_before = 'active' AND is_same_value) THEN NULL
    WHEN place_before = 'none' THEN 'created'
    WHEN place_before = 'resolved' THEN 'reopened'
    WHEN place_before IN ('removed', 'deleted') THEN 'restored'
    ELSE 'transfer_in'
END
