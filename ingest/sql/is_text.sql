-- Whether an extracted JSON value is a text, null or absent.
CREATE OR REPLACE MACRO is_text(v) AS v IS NULL OR v = 'null' OR starts_with(v, '"')
