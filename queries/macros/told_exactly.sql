/*---
title = "An instant that is known, and the event that tells of it, as `told_at`"
internal = true
---*/
CREATE OR REPLACE MACRO told_exactly(at_instant, event) AS
told_at(at_instant, at_instant, at_instant, event)
