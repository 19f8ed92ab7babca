/*---
title = "The keys of a map of properties whose value is not null"
internal = true
---*/
CREATE OR REPLACE MACRO property_keys(properties) AS
list_transform(properties_of(properties), lambda e: e.key)
