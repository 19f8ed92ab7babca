/*---
title = "The entries, by key, of a map of properties once changed keys are put over another; as `properties_of` has them"
internal = true
---*/
CREATE OR REPLACE MACRO entries_over(changed, under) AS
list_sort(
    list_filter(
        map_entries(
            map_concat(
                coalesce(under::JSON::MAP(VARCHAR, JSON), MAP {}),
                coalesce(changed::JSON::MAP(VARCHAR, JSON), MAP {})
            )
        ),
        lambda e: e.value IS NOT NULL
    )
)
