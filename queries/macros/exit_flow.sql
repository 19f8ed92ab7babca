/*---
title = "How a move leaves the backlog of a value: resolved, archived, deleted or transfer_out; NULL = it does not"
internal = true
---*/
-- A move from active to active leaves a value only when it goes to another one.
CREATE OR REPLACE MACRO exit_flow(place_before, place, is_same_value) AS
CASE
    WHEN place_before <> 'active' OR (place = 'active' AND is_same_value) THEN NULL
    WHEN place = 'resolved' THEN 'resolved'
    WHEN place = 'removed' THEN 'archived'
    WHEN place = 'deleted' THEN 'deleted'
    ELSE 'transfer_out'
END
