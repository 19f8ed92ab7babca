/*---
title = "The starts of all buckets of time from one to another, both included, in order"
internal = true
---*/
-- Where the clock jumps over midnight, a day begins at one: from there on a plain series would too.
CREATE OR REPLACE MACRO buckets(grain, first_bucket, last_bucket) AS
list_sort(
    list_distinct(
        list_filter(
            list_transform(
                generate_series(
                    first_bucket, last_bucket + INTERVAL 1 DAY, ('1 ' || grain)::INTERVAL
                ),
                lambda b: bucket_of(grain, b)
            ),
            lambda b: b <= last_bucket
        )
    )
)
