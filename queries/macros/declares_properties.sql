/*---
title = "Whether old properties, told whole or as their changed keys alone, are those known before"
internal = true
---*/
CREATE OR REPLACE MACRO declares_properties(declared, image, known) AS
same_properties(declared, known) OR entries_over(declared, image) = properties_of(known)
