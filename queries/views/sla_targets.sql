/*---
title = "How soon a promise is to be kept: the first target whose conditions hold; NULL asks for nothing"
grain = "one row per SLA policy and target"
internal = true
---*/
-- A session that has a file of policies puts a table in place of this view.
CREATE OR REPLACE VIEW sla_targets AS
SELECT
    NULL::VARCHAR AS policy,
    NULL::BIGINT AS position,
    NULL::BIGINT AS target_us,
    NULL::SMALLINT[] AS priorities,
    NULL::VARCHAR[] AS labels,
    NULL::VARCHAR[] AS org_ids,
    NULL::VARCHAR[] AS statuses,
    NULL::VARCHAR[] AS properties
WHERE false
