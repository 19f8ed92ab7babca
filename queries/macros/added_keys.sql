/*---
title = "The properties that an image has and the former map has not"
internal = true
---*/
CREATE OR REPLACE MACRO added_keys(former, image) AS
list_filter(
    list_transform(properties_of(image), lambda e: e.key),
    lambda k: NOT contains(list_transform(properties_of(former), lambda f: f.key), k)
)
