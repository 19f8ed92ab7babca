/*---
title = "Whether two images show the same of the fields that both show"
internal = true
---*/
CREATE OR REPLACE MACRO shows_the_same(one, other) AS
agrees(one, other)
AND (
    one.custom_properties IS NULL
    OR other.custom_properties IS NULL
    OR same_properties(one.custom_properties.v, other.custom_properties.v)
)
