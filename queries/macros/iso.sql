/*---
title = "A wrapped instant as ISO 8601 text in UTC, whatever the session's time zone"
---*/
CREATE OR REPLACE MACRO iso(field) AS
CASE
    WHEN field IS NOT NULL
    THEN {'v': strftime(make_timestamp(epoch_us(field.v)), '%Y-%m-%dT%H:%M:%S.%fZ')}
END
