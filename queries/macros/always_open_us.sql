/*---
title = "Microseconds between two instants, as `business_us` tells them of the one calendar that there is without a file: always open from 1970 to 2099"
internal = true
---*/
CREATE OR REPLACE MACRO always_open_us(calendar_name, since, until) AS
CASE
    WHEN calendar_name = 'default'
        AND epoch_us(since::TIMESTAMPTZ) BETWEEN 0 AND 4_102_444_799_999_999
        AND epoch_us(until::TIMESTAMPTZ) BETWEEN 0 AND 4_102_444_799_999_999
    THEN greatest(epoch_us(until::TIMESTAMPTZ) - epoch_us(since::TIMESTAMPTZ), 0)
END
