/*---
title = "A map of properties with changed keys laid over it; a null takes its key away"
internal = true
---*/
CREATE OR REPLACE MACRO properties_over(changed, under) AS
nullif(
    '{' || list_aggregate(
        list_transform(
            properties_of(
                map_concat(
                    coalesce(under::JSON::MAP(VARCHAR, JSON), MAP {}),
                    coalesce(changed::JSON::MAP(VARCHAR, JSON), MAP {})
                )
            ),
            lambda e: to_json(e.key)::VARCHAR || ':' || e.value::VARCHAR
        ),
        'string_agg', ','
    ) || '}',
    '{}'
)
