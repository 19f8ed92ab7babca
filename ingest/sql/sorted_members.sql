-- The members of a flat JSON object without escapes, sorted by key; shorter than `x` if it is none.
-- The mark after each key sorts `a` before `a!`, as keys and not as texts.
CREATE OR REPLACE MACRO sorted_members(x) AS replace(
    '{' || array_to_string(
        list_sort(regexp_extract_all(replace(x, '":', chr(1) || '":'), getvariable('member'))), ','
    ) || '}',
    chr(1),
    ''
)
