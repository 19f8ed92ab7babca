/*---
title = "The custom properties whose value is not null, each as NAME=VALUE"
internal = true
---*/
CREATE OR REPLACE MACRO property_texts(properties) AS
list_transform(properties_of(properties), lambda e: concat(e.key, '=', e.value ->> '$'))
