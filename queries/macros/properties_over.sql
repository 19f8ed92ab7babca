/*---
title = "A map of properties with changed keys laid over it; a null among these takes its key away"
internal = true
---*/
CREATE OR REPLACE MACRO properties_over(changed, under) AS
nullif(
    '{' || list_aggregate(
        list_transform(
            list_sort(
                list_filter(
                    map_entries(
                        map_concat(
                            coalesce(under::JSON::MAP(VARCHAR, JSON), MAP {}),
                            coalesce(changed::JSON::MAP(VARCHAR, JSON), MAP {})
                        )
                    ),
                    lambda e: e.value IS NOT NULL
                        OR NOT map_contains(
                            coalesce(changed::JSON::MAP(VARCHAR, JSON), MAP {}), e.key
                        )
                )
            ),
            lambda e: to_json(e.key)::VARCHAR || ':' || coalesce(e.value::VARCHAR, 'null')
        ),
        'string_agg', ','
    ) || '}',
    '{}'
)
