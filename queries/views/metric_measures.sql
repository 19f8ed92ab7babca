/*---
title = "How long each span of every metric took, with its bounds"
grain = "one row per ticket, metric and span"
internal = true
---*/
CREATE OR REPLACE VIEW metric_measures AS
WITH running AS (
    SELECT
        s.org_id,
        s.ticket_id,
        s.metric,
        s.value,
        s.instance,
        coalesce(s.outcome, 'run') AS outcome,
        s.began,
        coalesce(s.ended, told_exactly(a.instant, NULL)) AS ended,
        c.calendar
    FROM metric_spans AS s
    CROSS JOIN asked_at AS a
    JOIN ticket_calendars AS c ON c.org_id = s.org_id AND c.ticket_id = s.ticket_id
)
SELECT
    *,
    microseconds_between(began.instant, ended.instant) AS calendar_us,
    business_us(calendar, began.instant, ended.instant) AS business_us,
    coalesce(microseconds_between(began.latest, ended.earliest), 0) AS low_us,
    microseconds_between(began.earliest, ended.latest) AS high_us
FROM running
