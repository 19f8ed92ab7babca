/*---
title = "Every ticket in its last known state"
grain = "one row per ticket"
like = "tickets_all"
---*/
CREATE OR REPLACE VIEW tickets AS
FROM tickets_all
WHERE NOT is_deleted
