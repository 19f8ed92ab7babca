-- The canonical text of an extracted JSON value that `is_brief`, and of an object of such values
-- that holds no escape and no key twice: sorted by key. NULL for all else.
CREATE OR REPLACE MACRO flat(x) AS CASE
    WHEN NOT starts_with(x, '{') THEN CASE WHEN is_brief(x) THEN x END
    WHEN NOT contains(x, '\')
        AND len(list_distinct(regexp_extract_all(x, '"([^"]*)":', 1)))
            = len(regexp_extract_all(x, '"[^"]*":'))
        AND strlen(sorted_members(x)) = strlen(x)
    THEN sorted_members(x)
END
