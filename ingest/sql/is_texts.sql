-- Whether an extracted JSON value is a list of texts without escapes, null or absent.
CREATE OR REPLACE MACRO is_texts(v) AS
v IS NULL OR v = 'null' OR regexp_full_match(v, '\[("[^"\\]*"(,"[^"\\]*")*)?\]')
