-- Whether an extracted JSON value is a priority that needs no thought: a small number or its text.
CREATE OR REPLACE MACRO is_priority(v) AS
v IS NULL OR v = 'null' OR regexp_full_match(v, '0|[1-9][0-9]{0,3}|"[0-9]{1,4}"')
