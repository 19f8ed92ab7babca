/*---
title = "Whether a stored key list names a key"
---*/
CREATE OR REPLACE MACRO has(keys, name) AS
contains(keys, ',' || name || ',')
