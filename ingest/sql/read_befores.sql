-- The distinct before-images of a block's ticket events, by number: text and stored columns.
WITH extracted AS (
    SELECT i, text, json_extract(text, getvariable('before_paths'))::VARCHAR[] AS v FROM texts
),
typed AS (
    SELECT *, flag_of(before_is_deleted(v)) AS was_deleted, before_text(v) AS canonical
    FROM extracted
),
imaged AS (
    SELECT *, before_image(v, was_deleted) AS before FROM typed
)
SELECT
    CASE
        WHEN starts_with(text, '{') AND strlen(canonical) = strlen(text) AND before_fits(v, before)
        THEN canonical
    END AS canonical,
    CASE WHEN text <> '{}' THEN before_keys(v, was_deleted) END AS keys,
    CASE WHEN text <> '{}' THEN before END AS before
FROM imaged
ORDER BY i
