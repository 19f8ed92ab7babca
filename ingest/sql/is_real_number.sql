-- Whether an extracted JSON value is a number of few digits, null or absent.
CREATE OR REPLACE MACRO is_real_number(v) AS
v IS NULL OR v = 'null' OR regexp_full_match(v, '0|-?[1-9][0-9]{0,8}(\.[0-9]{0,5}[1-9])?')
