/*---
title = "The band of a ticket in a chart of flow: open, inprogress, closed, archived, other or deleted; NULL before it exists"
---*/
CREATE OR REPLACE MACRO status_band(place, status) AS
CASE
    WHEN place = 'none' THEN NULL
    WHEN place = 'deleted' THEN 'deleted'
    WHEN place = 'other' THEN 'other'
    ELSE plain_status(status)
END
