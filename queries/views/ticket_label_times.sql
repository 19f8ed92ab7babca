/*---
title = "How long each ticket carried each label, and how often it was added"
dear = true
grain = "one row per ticket and label it ever carried"
internal = true
---*/
CREATE OR REPLACE VIEW ticket_label_times AS
WITH versions AS (
    SELECT org_id, ticket_id, version, valid_from, valid_to, unnest(labels) AS label
    FROM ticket_history
),
runs AS (
    SELECT *, lag(version) OVER in_order IS NOT DISTINCT FROM version - 1 AS goes_on
    FROM versions
    WINDOW in_order AS (PARTITION BY org_id, ticket_id, label ORDER BY version)
)
SELECT
    org_id,
    ticket_id,
    label,
    count(*) FILTER (NOT goes_on) AS adds,
    bool_or(valid_to IS NULL) AS is_now,
    sum(microseconds_between(valid_from, coalesce(valid_to, a.instant)))::BIGINT AS us
FROM runs
CROSS JOIN asked_at AS a
GROUP BY org_id, ticket_id, label
