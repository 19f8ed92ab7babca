/*---
title = "The entries of a map of properties, by key; one whose value is null counts as absent"
internal = true
---*/
CREATE OR REPLACE MACRO properties_of(properties) AS
coalesce(
    list_sort(
        list_filter(
            map_entries(properties::JSON::MAP(VARCHAR, JSON)), lambda e: e.value IS NOT NULL
        )
    ),
    []
)
