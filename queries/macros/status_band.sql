/*---
title = "The band of a ticket in a chart of flow: open, inprogress, closed (resolved), archived (removed), other or deleted; NULL before it exists"
---*/
-- Unresolved tickets of another status, which only a file of classes can make, are `other`.
CREATE OR REPLACE MACRO status_band(place, status) AS
CASE place
    WHEN 'none' THEN NULL
    WHEN 'resolved' THEN 'closed'
    WHEN 'removed' THEN 'archived'
    WHEN 'active' THEN CASE WHEN status IN ('open', 'inprogress') THEN status ELSE 'other' END
    ELSE place
END
