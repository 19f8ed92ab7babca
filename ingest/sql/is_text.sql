-- Whether an extracted JSON value is a text, null or absent.
CREATE OR REPLACE MACRO is_text(v) AS coalesce(starts_with(v, '"') OR v = 'null', true)
