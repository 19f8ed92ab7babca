/*---
title = "Whether an event claims an old value of a field that another did not show, both as `told_values`, custom properties apart"
internal = true
---*/
CREATE OR REPLACE MACRO claims_what_is_not(one, other) AS
len(list_filter(
    one,
    lambda mine: mine.is_claimed
        AND mine.field <> 'custom_properties'
        AND len(list_filter(
            other,
            lambda theirs: theirs.field = mine.field AND theirs.shown IS DISTINCT FROM mine.claimed
        )) > 0
)) > 0
