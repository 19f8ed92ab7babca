/*---
title = "An instant of a ticket; one before WhatsApp was founded is a program's word for none: NULL"
internal = true
---*/
CREATE OR REPLACE MACRO known_instant(instant) AS
CASE WHEN instant >= '2009-01-01 00:00:00+00'::TIMESTAMPTZ THEN instant END
