/*---
title = "Whether of a field in both lists one has another value, each a list of {field, value}"
internal = true
---*/
CREATE OR REPLACE MACRO tells_otherwise(one, other) AS
len(list_filter(
    one,
    lambda mine: len(list_filter(
        other,
        lambda theirs: theirs.field = mine.field AND theirs.value IS DISTINCT FROM mine.value
    )) > 0
)) > 0
