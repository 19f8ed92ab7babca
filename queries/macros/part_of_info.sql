/*---
title = "A repeated part of a ticket event's data, from the column it stands in or, beside unknown keys, from data"
internal = true
---*/
-- `place` is the part's path. Data of which parts were taken begins with the ticket, and the names
-- of all parts sort before it: so only texts of plain rows, and with unknown keys, are looked into.
CREATE OR REPLACE MACRO part_of_info(part, data, place) AS
CASE
    WHEN part IS NULL AND NOT starts_with(data, '{"ticket":') THEN json_extract(data, place)::VARCHAR
    ELSE part
END
