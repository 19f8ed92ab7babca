/*---
title = "Labels from a JSON text 'a, b' or array: trimmed, case-folded, sorted, each once"
---*/
CREATE OR REPLACE MACRO label_list(value) AS
list_sort(list_distinct(list_filter(
    list_transform(
        CASE json_type(value)
            WHEN 'VARCHAR' THEN string_split(value ->> '$', ',')
            WHEN 'ARRAY' THEN from_json(value, '["VARCHAR"]')
            ELSE []::VARCHAR[]
        END,
        lambda label: lower(trim(label))
    ),
    lambda label: label <> ''
)))
