-- Whether each line of a text is an extracted JSON value that `is_brief`.
CREATE OR REPLACE MACRO are_brief(x) AS x = '' OR regexp_full_match(x, getvariable('briefs'))
