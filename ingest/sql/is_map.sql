-- Whether an extracted JSON value is an object, null or absent.
CREATE OR REPLACE MACRO is_map(v) AS v IS NULL OR v = 'null' OR starts_with(v, '{')
