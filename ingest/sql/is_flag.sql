-- Whether an extracted JSON value is true, false, null or absent.
CREATE OR REPLACE MACRO is_flag(v) AS coalesce(v IN ('true', 'false', 'null'), true)
