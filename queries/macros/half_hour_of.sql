/*---
title = "The number of the half hour that an instant is in"
internal = true
---*/
CREATE OR REPLACE MACRO half_hour_of(moment) AS epoch_us(moment) // 1_800_000_000
