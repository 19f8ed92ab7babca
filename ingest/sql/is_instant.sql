-- Whether an extracted JSON value is an instant in a usual spelling, null or absent.
CREATE OR REPLACE MACRO is_instant(v) AS v IS NULL OR v = 'null' OR instant_of(v) IS NOT NULL
