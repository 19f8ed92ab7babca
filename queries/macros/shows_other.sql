/*---
title = "Whether an event shows another value of a field than another event that tells it, both as `told_values`"
internal = true
---*/
CREATE OR REPLACE MACRO shows_other(one, other) AS
len(list_filter(
    one,
    lambda mine: len(list_filter(
        other,
        lambda theirs: theirs.field = mine.field AND theirs.shown IS DISTINCT FROM mine.shown
    )) > 0
)) > 0
