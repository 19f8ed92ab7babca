/*---
title = "Habits of the senders of all tickets: counted anew for the touched, as they were for the rest"
internal = true
---*/
CREATE OR REPLACE VIEW all_habits AS
FROM ticket_habits
UNION ALL
SELECT f.*
FROM former_habits AS f
ANTI JOIN touched_tickets AS t ON t.org_id = f.org_id AND t.ticket_id = f.ticket_id
