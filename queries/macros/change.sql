/*---
title = "How one field changed in one event, or NULL; former, now and before are wrapped values"
---*/
CREATE OR REPLACE MACRO change(name, keys, former, now, before) AS
CASE
    WHEN NOT has(keys, name) THEN NULL
    WHEN former IS NOT NULL AND former.v IS DISTINCT FROM now.v THEN {
        'field': name,
        'old_value': to_json(former.v),
        'new_value': to_json(now.v),
        'evidence': CASE
            WHEN before IS NOT NULL AND before.v IS NOT DISTINCT FROM former.v THEN 'both'
            ELSE 'image'
        END
    }
    WHEN former IS NULL AND before IS NOT NULL AND before.v IS DISTINCT FROM now.v THEN {
        'field': name,
        'old_value': to_json(before.v),
        'new_value': to_json(now.v),
        'evidence': 'declared'
    }
END
