/*---
title = "What tells the rows of a view apart from others, in whatever order they come"
internal = true
---*/
SELECT
    count(*) AS row_count,
    sum(md5_number_lower(to_json(t)::VARCHAR)::HUGEINT) AS digest
FROM {view} AS t
