/*---
title = "The rows that come to this task, taken once: they can be read one time only"
internal = true
---*/
CREATE OR REPLACE TABLE arrived AS
FROM arriving
