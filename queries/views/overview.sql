/*---
title = "The ledger in one row"
grain = "one row"
internal = true
---*/
CREATE OR REPLACE VIEW overview AS
SELECT
    count(*) AS events,
    count(DISTINCT (org_id, ticket_id)) FILTER (object_type = 'ticket') AS tickets,
    count(DISTINCT (org_id, chat_id)) FILTER (chat_keys IS NOT NULL) AS chats,
    count(DISTINCT (org_id, message_id)) FILTER (message_keys IS NOT NULL) AS messages,
    count(DISTINCT org_id) AS organisations,
    min(event_at) AS first_event_at,
    max(event_at) AS last_event_at,
    (SELECT count(*) FROM commits) AS commits,
    (SELECT max(loaded_at) FROM commits) AS last_loaded_at,
    (SELECT count(*) FROM rejects) AS rejects
FROM ledger_events
