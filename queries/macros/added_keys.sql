/*---
title = "The properties that an image has and the former map has not"
internal = true
---*/
CREATE OR REPLACE MACRO added_keys(former, image) AS
list_filter(property_keys(image), lambda k: NOT contains(property_keys(former), k))
