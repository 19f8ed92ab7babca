/*---
title = "When the clock of a promise stands still: while any of these holds; NULL asks for nothing"
grain = "one row per SLA policy and pause"
internal = true
---*/
-- A session that has a file of policies puts a table in place of this view.
CREATE OR REPLACE VIEW sla_pauses AS
SELECT
    NULL::VARCHAR AS policy,
    NULL::BIGINT AS position,
    NULL::VARCHAR AS reason,
    NULL::VARCHAR AS last_speaker,
    NULL::SMALLINT[] AS priorities,
    NULL::VARCHAR[] AS labels,
    NULL::VARCHAR[] AS org_ids,
    NULL::VARCHAR[] AS statuses,
    NULL::VARCHAR[] AS properties
WHERE false
