/*---
title = "A ticket has an instant of deletion exactly when it is deleted"
grain = "one row per ticket of which that is not so"
---*/
SELECT org_id, ticket_id, is_deleted, deleted_at
FROM tickets_all
WHERE is_deleted IS NULL OR is_deleted = (deleted_at IS NULL)
ORDER BY org_id, ticket_id
