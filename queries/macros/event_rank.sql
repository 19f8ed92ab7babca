/*---
title = "Order of events at one instant: creations first, deletions last"
---*/
CREATE OR REPLACE MACRO event_rank(event_type, object_type) AS
CASE
    WHEN event_type = object_type || '.created' THEN 0
    WHEN event_type = object_type || '.deleted' THEN 2
    ELSE 1
END
