/*---
title = "Class of a status: active, resolved, removed or other; spelling of case, space, - and _ is ignored"
---*/
CREATE OR REPLACE MACRO status_class(status) AS
CASE
    WHEN plain_status(status) IN ('open', 'inprogress') THEN 'active'
    WHEN plain_status(status) = 'closed' THEN 'resolved'
    WHEN plain_status(status) = 'archived' THEN 'removed'
    ELSE 'other'
END
