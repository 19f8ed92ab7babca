/*---
title = "A contradiction about one field, with its values as JSON"
internal = true
---*/
CREATE OR REPLACE MACRO break_of(field, former, before, declared, image) AS {
    'field': field,
    'is_silent': declared IS NULL,
    'recorded_value': to_json(former.v),
    'declared_value': to_json(before.v),
    'image_value': to_json(image.v)
}
