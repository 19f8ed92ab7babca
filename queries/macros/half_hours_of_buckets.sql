/*---
title = "Half hours that lie within one bucket of time, and the bucket; none in UTC, where `bucket_of` is quick"
---*/
-- `bucket_of` asks the time zone, which is dear: of millions of events this answers for nearly all.
CREATE OR REPLACE MACRO half_hours_of_buckets(of_grain, until_then) AS TABLE
SELECT half_hour, bucket_of(of_grain, first_at) AS bucket
FROM half_hours(until_then)
WHERE current_setting('TimeZone') <> 'UTC'
    AND bucket_of(of_grain, first_at) = bucket_of(of_grain, last_at)
