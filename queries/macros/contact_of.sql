/*---
title = "Who wrote a message, as members of a chat are named: in a group its author"
internal = true
---*/
-- Empty texts tell nothing, and a phone comes with and without the `@c.us` of a person.
CREATE OR REPLACE MACRO contact_of(author, sender_phone) AS
regexp_replace(coalesce(nullif(author, ''), nullif(sender_phone, '')), '^([^@]+)$', '\1@c.us')
