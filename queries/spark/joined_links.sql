/*---
title = "Which messages belong to which ticket, of what tickets and messages told apart"
grain = "one row per ticket, message and kind of link"
internal = true
---*/
-- As `ticket_messages` chooses among events.
CREATE OR REPLACE VIEW ticket_messages AS
FROM told_links
QUALIFY row_number() OVER (
    PARTITION BY org_id, ticket_id, link, coalesce(unique_id, message_id)
    ORDER BY linked_at, event_id, message_id
) = 1
