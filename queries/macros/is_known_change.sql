/*---
title = "Whether a field, known on both sides, changed or was declared to have changed"
internal = true
---*/
CREATE OR REPLACE MACRO is_known_change(former, declared, image) AS
former IS NOT NULL AND image IS NOT NULL
AND (declared IS NOT NULL OR former.v IS DISTINCT FROM image.v)
