-- Whether an extracted JSON value is a label text that needs no thought: plain ASCII or nothing.
CREATE OR REPLACE MACRO is_labels(v) AS
v IS NULL OR v = 'null' OR regexp_full_match(v, '"[ !#-\[\]-~]*"')
