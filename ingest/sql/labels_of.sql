-- The labels in an extracted JSON text that `is_labels`: trimmed, lower case, sorted, each once.
CREATE OR REPLACE MACRO labels_of(v) AS CASE
    WHEN v IS NULL THEN NULL
    WHEN v IN ('null', '""') THEN []::VARCHAR[]
    ELSE list_sort(list_distinct(list_filter(
        list_transform(string_split(ascii_of(v), ','), lambda name: lower(trim(name))),
        lambda name: name <> ''
    )))
END
