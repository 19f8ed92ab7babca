/*---
title = "Every duration of every ticket, summed over its instances, with its bounds"
grain = "one row per ticket, metric, state and outcome"

[columns]
org_id = { type = "VARCHAR", help = "organisation; empty when unknown" }
ticket_id = { type = "VARCHAR", help = "ticket; unique within its organisation" }
metric = { type = "VARCHAR", help = "as in metric_events" }
value = { type = "VARCHAR", help = "the state, as in metric_events" }
outcome = { type = "VARCHAR", help = "fulfil: reached; cancel: archived or deleted before; run: not yet, or a state" }
spans = { type = "BIGINT", help = "spans summed" }
calendar_us = { type = "BIGINT", unit = "us", help = "time, up to as_of if it runs" }
business_us = { type = "BIGINT", unit = "us", help = "of it the time that the ticket's calendar was open" }
low_us = { type = "BIGINT", unit = "us", help = "it took no less; calendar_us unless a lost event hides an end" }
high_us = { type = "BIGINT", unit = "us", help = "it took no more; NULL = it began before anything is known" }
quality = { type = "VARCHAR", help = "exact, interval or lower_bound" }
---*/
CREATE OR REPLACE VIEW ticket_metric_values AS
WITH summed AS (
    SELECT
        org_id,
        ticket_id,
        metric,
        value,
        outcome,
        count(*) AS spans,
        sum(calendar_us)::BIGINT AS calendar_us,
        sum(business_us)::BIGINT AS business_us,
        sum(low_us)::BIGINT AS low_us,
        CASE WHEN count(high_us) = count(*) THEN sum(high_us)::BIGINT END AS high_us
    FROM metric_measures
    GROUP BY org_id, ticket_id, metric, value, outcome
)
SELECT *, duration_quality(low_us, high_us) AS quality
FROM summed
