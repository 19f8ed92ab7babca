/*---
title = "How long each span of the metrics about states took, with its bounds"
grain = "one row per ticket, metric and span"
internal = true
---*/
CREATE OR REPLACE VIEW state_measures AS
WITH running AS (
    SELECT
        s.* EXCLUDE (ended, outcome),
        coalesce(s.outcome, 'run') AS outcome,
        coalesce(s.ended, told_exactly(a.instant, NULL)) AS ended,
        coalesce(c.calendar, 'default') AS calendar
    FROM state_spans AS s
    CROSS JOIN asked_at AS a
    LEFT JOIN ticket_own_calendars AS c ON c.org_id = s.org_id AND c.ticket_id = s.ticket_id
),
spans AS (
    SELECT *, began.instant AS since, ended.instant AS until
    FROM running
)
SELECT * EXCLUDE (measure), measure.*
FROM (
    SELECT
        * EXCLUDE (since, until, business_time_us),
        measured(business_time_us, began, ended) AS measure
    FROM with_business_us(spans)
)
