/*---
title = "A value in a struct when its key was present, null or not; else NULL"
---*/
CREATE OR REPLACE MACRO present(keys, name, value) AS
CASE WHEN has(keys, name) THEN {'v': value} END
