/*---
title = "Whether an event claims another old value of a field than another event, both as `told_values`, custom properties apart"
internal = true
---*/
-- A sender may tell the old values of properties by key, the new ones whole.
CREATE OR REPLACE MACRO claims_other(one, other) AS
len(list_filter(
    one,
    lambda mine: mine.is_claimed
        AND mine.field <> 'custom_properties'
        AND len(list_filter(
            other,
            lambda theirs: theirs.field = mine.field
                AND theirs.is_claimed
                AND theirs.claimed IS DISTINCT FROM mine.claimed
        )) > 0
)) > 0
