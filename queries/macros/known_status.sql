/*---
title = "A status of the vendor as the vendor spells it, however it came; any other verbatim"
internal = true
---*/
CREATE OR REPLACE MACRO known_status(status) AS
CASE
    WHEN plain_status(status) IN ('open', 'inprogress', 'closed', 'archived')
    THEN plain_status(status)
    ELSE status
END
