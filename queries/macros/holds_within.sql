/*---
title = "Whether a version of the history held at some moment from `since` to `until`"
internal = true
---*/
CREATE OR REPLACE MACRO holds_within(valid_from, valid_to, since, until) AS
valid_from <= until AND (valid_to IS NULL OR valid_to > since OR valid_from >= since)
