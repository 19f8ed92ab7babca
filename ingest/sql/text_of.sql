-- The text in an extracted JSON value that `is_text`; NULL for null and absent.
CREATE OR REPLACE MACRO text_of(v) AS json_extract_string(v, '$')
