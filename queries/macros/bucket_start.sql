/*---
title = "When a bucket of time begins: the first time, where the clock shows its midnight twice"
internal = true
---*/
-- `bucket_of` tells buckets apart; of some zones it takes the second midnight for their start. Asked
-- once a bucket, and not once an event. Of hours there are two.
CREATE OR REPLACE MACRO bucket_start(grain, bucket) AS
CASE
    WHEN grain = 'hour' OR NOT isfinite(bucket) THEN bucket
    ELSE bucket - greatest(
        (bucket - INTERVAL 1 MICROSECOND)::TIMESTAMP
            - (bucket::TIMESTAMP - INTERVAL 1 MICROSECOND),
        INTERVAL 0 MICROSECOND
    )
END
