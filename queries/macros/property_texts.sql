/*---
title = "The custom properties whose value is not null, each as NAME=VALUE; names with = in them cannot be told so and are left out"
internal = true
---*/
CREATE OR REPLACE MACRO property_texts(properties) AS
list_transform(
    list_filter(properties_of(properties), lambda e: NOT contains(e.key, '=')),
    lambda e: concat(e.key, '=', e.value ->> '$')
)
