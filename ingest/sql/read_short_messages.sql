-- The distinct quoted messages inside a block's ticket events: canonical text, by number.
WITH extracted AS (
    SELECT i, text, json_extract(text, getvariable('short_paths'))::VARCHAR[] AS v FROM texts
),
imaged AS (
    SELECT *, short_image(v) AS image, short_text(v) AS canonical FROM extracted
)
SELECT
    CASE
        WHEN text = 'null' THEN text
        WHEN starts_with(text, '{') AND strlen(canonical) = strlen(text) AND short_fits(v, image)
        THEN canonical
    END AS canonical
FROM imaged
ORDER BY i
