-- Whether a line is this text but for white space and escapes. DuckDB forgives commas too many and
-- cuts long decimals, so a line that is not the text to the letter must show neither.
CREATE OR REPLACE MACRO is_same(line, told) AS CASE
    WHEN line = told THEN true
    WHEN regexp_matches(line, '(\"[ \t\r\n]*:|[\[,])[ \t\r\n]*-?[0-9]+[.eE]|,[ \t\r\n]*[}\]]') THEN false
    ELSE json_extract(line, '$')::VARCHAR || chr(10) = told
END
