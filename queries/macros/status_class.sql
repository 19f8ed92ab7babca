/*---
title = "Class of a status: active, resolved, removed or other; spelling of case, space, - and _ is ignored"
---*/
CREATE OR REPLACE MACRO status_class(status) AS
CASE
    WHEN regexp_replace(lower(status), '[ _-]', '', 'g') IN ('open', 'inprogress') THEN 'active'
    WHEN regexp_replace(lower(status), '[ _-]', '', 'g') = 'closed' THEN 'resolved'
    WHEN regexp_replace(lower(status), '[ _-]', '', 'g') = 'archived' THEN 'removed'
    ELSE 'other'
END
