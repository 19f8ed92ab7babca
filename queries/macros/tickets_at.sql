/*---
title = "Every ticket as it was at an instant"
---*/
CREATE OR REPLACE MACRO tickets_at(as_of) AS TABLE
FROM tickets_all_at(as_of)
WHERE NOT is_deleted
