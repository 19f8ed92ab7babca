/*---
title = "A status without case, spaces, - and _"
---*/
CREATE OR REPLACE MACRO plain_status(status) AS regexp_replace(lower(status), '[ _-]', '', 'g')
