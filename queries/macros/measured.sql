/*---
title = "How long a span took: calendar and business time, no less than and no more than"
internal = true
---*/
CREATE OR REPLACE MACRO measured(business_time_us, began, ended) AS struct_pack(
    calendar_us := microseconds_between(began.instant, ended.instant),
    business_us := business_time_us,
    low_us := coalesce(microseconds_between(began.latest, ended.earliest), 0),
    high_us := microseconds_between(began.earliest, ended.latest)
)
