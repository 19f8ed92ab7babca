/*---
title = "Whether declared properties fit the former ones, but for keys the event adds"
internal = true
---*/
CREATE OR REPLACE MACRO adds_to(former, declared, image) AS
list_has_all(entries_over(declared, image), properties_of(former))
AND list_has_all(properties_of(former), properties_of(declared))
