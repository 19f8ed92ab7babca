/*---
title = "`is_broken` for maps of properties: neither their whole nor their changed keys fit"
internal = true
---*/
-- Each CASE keeps the dear comparison of maps to the rows that need it.
CREATE OR REPLACE MACRO are_properties_broken(former, declared, image, is_unreported, adds_silently) AS
CASE
    WHEN NOT is_broken(former, declared, image, is_unreported) THEN false
    WHEN declared IS NULL THEN NOT same_properties(image.v, former.v)
    ELSE NOT declares_properties(declared.v, image.v, former.v)
        AND NOT (adds_silently AND adds_to(former.v, declared.v, image.v))
END
