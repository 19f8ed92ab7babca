/*---
title = "Which calendar a ticket goes by: the first rule that fits"
grain = "one row per rule"
internal = true
---*/
-- Without a file of calendars there is one rule that fits every ticket. A session that has a file
-- puts a table in place of this view. NULL: the rule does not ask.
CREATE OR REPLACE VIEW calendar_rules AS
SELECT
    1::BIGINT AS position,
    'first' AS state,
    'default' AS calendar,
    NULL::SMALLINT[] AS priorities,
    NULL::VARCHAR[] AS labels,
    NULL::VARCHAR[] AS org_ids
