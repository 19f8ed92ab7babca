/*---
title = "How one event changed one field, or NULL; all values are wrapped"
internal = true
---*/
CREATE OR REPLACE MACRO change(name, former, image, declared) AS
CASE
    WHEN image IS NULL THEN NULL
    WHEN former IS NOT NULL AND former.v IS DISTINCT FROM image.v THEN {
        'field': name,
        'old_value': to_json(former.v),
        'new_value': to_json(image.v),
        'evidence': CASE
            WHEN declared IS NOT NULL AND declared.v IS NOT DISTINCT FROM former.v THEN 'both'
            ELSE 'image'
        END
    }
    WHEN former IS NULL AND declared IS NOT NULL AND declared.v IS DISTINCT FROM image.v THEN {
        'field': name,
        'old_value': to_json(declared.v),
        'new_value': to_json(image.v),
        'evidence': 'declared'
    }
END
