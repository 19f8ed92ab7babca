/*---
title = "Whether an event contradicts what was known of a field before it"
internal = true
---*/
-- A field it leaves out of its old values did not change, unless its sender never tells that field.
CREATE OR REPLACE MACRO is_broken(former, declared, image, is_unreported) AS
former IS NOT NULL
AND image IS NOT NULL
AND (declared IS NOT NULL OR NOT is_unreported)
AND coalesce(declared, image).v IS DISTINCT FROM former.v
