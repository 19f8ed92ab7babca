/*---
title = "Class of a status: active, resolved, removed or other; spelling of case, space, - and _ is ignored"
---*/
-- A session that has a file of classes sets the variables; all is compared without spelling.
CREATE OR REPLACE MACRO status_class(status) AS
CASE
    WHEN list_contains(
        coalesce(getvariable('active_statuses')::VARCHAR[], ['open', 'inprogress']),
        plain_status(status)
    )
    THEN 'active'
    WHEN list_contains(
        coalesce(getvariable('resolved_statuses')::VARCHAR[], ['closed']), plain_status(status)
    )
    THEN 'resolved'
    WHEN list_contains(
        coalesce(getvariable('removed_statuses')::VARCHAR[], ['archived']), plain_status(status)
    )
    THEN 'removed'
    ELSE 'other'
END
