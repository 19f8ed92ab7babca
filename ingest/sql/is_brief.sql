-- Whether an extracted JSON value is a scalar or a list of scalars in its one spelling, or absent.
CREATE OR REPLACE MACRO is_brief(x) AS
x IS NULL
OR starts_with(x, '"')
OR x = 'null'
OR x = '[]'
OR regexp_full_match(x, getvariable('scalar'))
OR (starts_with(x, '[') AND regexp_full_match(x, getvariable('scalars')))
