/*---
title = "The starts of all buckets of time from one to another that a period has, both included, in order"
internal = true
---*/
-- The period is from `since` to `before`, not included; NULL is no bound.
CREATE OR REPLACE MACRO shown_buckets(grain, first_bucket, as_of, since, before) AS
buckets(
    grain,
    greatest(first_bucket, bucket_of(grain, coalesce(since, '-infinity'::TIMESTAMPTZ))),
    bucket_of(grain, least(as_of, coalesce(before, 'infinity'::TIMESTAMPTZ)))
)
