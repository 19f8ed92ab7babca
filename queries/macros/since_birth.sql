/*---
title = "A told instant that may as well have come at any time since the ticket began; NULL stays NULL"
internal = true
---*/
CREATE OR REPLACE MACRO since_birth(told, born) AS
CASE
    WHEN told IS NULL THEN NULL
    WHEN born.earliest IS NULL THEN told_at(told.instant, NULL::TIMESTAMPTZ, told.latest, told.event_id)
    ELSE told_at(told.instant, least(told.earliest, born.earliest), told.latest, told.event_id)
END
