/*---
title = "What is promised"
grain = "one row per SLA policy"
internal = true
---*/
-- Without a file of policies nothing is. A session that has a file puts a table in place of this view.
CREATE OR REPLACE VIEW sla_policies AS
SELECT
    NULL::BIGINT AS position,
    NULL::VARCHAR AS policy,
    NULL::VARCHAR AS metric,
    NULL::VARCHAR AS calendar,
    NULL::VARCHAR[] AS org_ids
WHERE false
