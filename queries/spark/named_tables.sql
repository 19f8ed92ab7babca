/*---
title = "The tables and views that a query reads; what it names itself is none"
grain = "one row per name"
internal = true
---*/
WITH parsed AS (
    SELECT
        json_serialize_sql($query) ->> '$..table_name' AS tables,
        json_serialize_sql($query) ->> '$..key' AS own
)
SELECT DISTINCT unnest(list_filter(tables, lambda name: NOT list_contains(own, name))) AS name
FROM parsed
ORDER BY name
