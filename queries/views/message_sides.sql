/*---
title = "When each side spoke"
dear = true
grain = "one row per message of the team or the customer"
internal = true
---*/
CREATE OR REPLACE VIEW message_sides AS
SELECT org_id, sent_at, is_agent
FROM agent_messages
