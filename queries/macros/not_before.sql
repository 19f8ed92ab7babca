/*---
title = "A told instant, not before the ticket began; its event stays the one that tells it"
internal = true
---*/
CREATE OR REPLACE MACRO not_before(told, born) AS
CASE
    WHEN told.instant < born.instant
    THEN told_at(born.instant, born.earliest, born.latest, told.event_id)
    ELSE told
END
