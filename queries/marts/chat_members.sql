/*---
title = "Who is in each chat, from the last member list seen"
grain = "one row per chat and contact"
like = "chat_members"

[columns]
contact_labels = { type = "VARCHAR", help = "labels, sorted, joined by a comma and a space" }
---*/
SELECT * REPLACE (array_to_string(contact_labels, ', ') AS contact_labels)
FROM chat_members
ORDER BY org_id, chat_id, contact_id
