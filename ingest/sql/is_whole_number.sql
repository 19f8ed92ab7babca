-- Whether an extracted JSON value is a whole number that an INTEGER holds for sure, null or absent.
CREATE OR REPLACE MACRO is_whole_number(v) AS
v IS NULL OR v = 'null' OR regexp_full_match(v, '0|-?[1-9][0-9]{0,8}')
