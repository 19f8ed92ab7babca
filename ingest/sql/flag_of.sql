-- The flag in an extracted JSON value that `is_flag`; NULL for null and absent.
CREATE OR REPLACE MACRO flag_of(v) AS nullif(v, 'null') = 'true'
