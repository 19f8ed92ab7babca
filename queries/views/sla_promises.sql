/*---
title = "Promises as they are counted, and when each ticket was promised the same before"
dear = true
grain = "one row per SLA policy, ticket and instance that had a target"
internal = true
---*/
-- What was made before is as in `ticket_status_moves`.
CREATE OR REPLACE VIEW sla_promises AS
SELECT
    org_id,
    ticket_id,
    policy,
    metric,
    priority_at_activation,
    state,
    activated_at,
    lag(activated_at) OVER (
        PARTITION BY org_id, ticket_id, policy, metric, priority_at_activation ORDER BY instance
    ) AS made_before_at,
    (elapsed_s * 1e6)::BIGINT AS elapsed_us,
    target_s,
    quality = 'exact' AS is_exact
FROM sla
