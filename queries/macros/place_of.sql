/*---
title = "The place of a ticket: deleted, else the class of its status"
internal = true
---*/
CREATE OR REPLACE MACRO place_of(status, is_deleted) AS
CASE WHEN is_deleted THEN 'deleted' ELSE status_class(status) END
