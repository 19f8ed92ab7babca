/*---
title = "Whether old properties, told whole or as their changed keys alone, are those known before"
internal = true
---*/
CREATE OR REPLACE MACRO declares_properties(declared, image, known) AS
same_properties(declared, known) OR same_properties(properties_over(declared, image), known)
