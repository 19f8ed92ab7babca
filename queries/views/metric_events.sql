/*---
title = "The metric ledger: every instant at which a clock of a ticket started, stopped or was done"
grain = "one row per ticket, metric, instance and instant"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
metric = { type = "VARCHAR", help = "name of the metric, as in ticket_metrics; status_time, assignee_time, active_time and wait_time are times in a state" }
value = { type = "VARCHAR", help = "the state: status; assignee, NULL for nobody; on_hold or not_on_hold; us or customer; NULL for other metrics" }
instance = { type = "BIGINT", help = "1, 2, … for metrics that happen several times: turns of next_reply_time, visits of a state" }
kind = { type = "VARCHAR", help = "activate, resume (a state came again), pause (a state ended), fulfil, cancel (archived or deleted before)" }
happened_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant" }
earliest = { type = "TIMESTAMP WITH TIME ZONE", help = "it happened at this instant or later; NULL = unknown; happened_at unless a lost event hides it" }
latest = { type = "TIMESTAMP WITH TIME ZONE", help = "it happened at this instant or earlier" }
event_id = { type = "VARCHAR", help = "event that tells of it" }
---*/
-- A row per end of a span of `metric_spans`; what still runs has no second one.
CREATE OR REPLACE VIEW metric_events AS
WITH spans AS MATERIALIZED (
    FROM metric_spans
),
starts AS (
    SELECT
        *,
        CASE
            WHEN is_state
                AND row_number() OVER (
                    PARTITION BY org_id, ticket_id, metric, value ORDER BY instance
                ) > 1
            THEN 'resume'
            ELSE 'activate'
        END AS kind,
        began AS told
    FROM spans
),
ends AS (
    SELECT *, CASE WHEN is_state THEN 'pause' ELSE outcome END AS kind, ended AS told
    FROM spans
    WHERE ended IS NOT NULL
)
SELECT
    org_id,
    ticket_id,
    metric,
    value,
    instance,
    kind,
    told.instant AS happened_at,
    told.earliest AS earliest,
    told.latest AS latest,
    told.event_id AS event_id
FROM (FROM starts UNION ALL BY NAME FROM ends)
