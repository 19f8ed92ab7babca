-- Whether an extracted JSON value is an instant in a usual spelling, null, empty or absent.
CREATE OR REPLACE MACRO is_instant(v, instant) AS v IS NULL OR instant IS NOT NULL OR v IN ('null', '""')
