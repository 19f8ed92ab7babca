/*---
title = "When an active ticket is on hold: while any of these holds; NULL asks for nothing"
grain = "one row per rule"
internal = true
---*/
-- A session that is told what puts tickets on hold puts a table in place of this view. A hold
-- `is_until_due` asks for a due date that has not come, and ends when it does.
CREATE OR REPLACE VIEW on_hold_rules AS
SELECT
    NULL::BIGINT AS position,
    NULL::BOOLEAN AS is_until_due,
    NULL::SMALLINT[] AS priorities,
    NULL::VARCHAR[] AS labels,
    NULL::VARCHAR[] AS org_ids,
    NULL::VARCHAR[] AS statuses,
    NULL::VARCHAR[] AS properties
WHERE false
