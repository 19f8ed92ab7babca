/*---
title = "A status without case, spaces, - and _"
---*/
-- Those that are spelt as the vendor spells them are most, and need no regular expression.
CREATE OR REPLACE MACRO plain_status(status) AS
CASE
    WHEN status IN ('open', 'inprogress', 'closed', 'archived') THEN status
    ELSE regexp_replace(lower(status), '[ _-]', '', 'g')
END
