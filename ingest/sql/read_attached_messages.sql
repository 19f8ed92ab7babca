-- The distinct lists of attached messages inside a block's ticket events: canonical text, by number.
WITH elements AS (
    SELECT
        i,
        unnest(json_extract(text, '$[*]'))::VARCHAR AS element,
        unnest(range(json_array_length(text)::BIGINT)) AS place
    FROM texts
    WHERE starts_with(text, '[')
),
extracted AS (
    SELECT *, json_extract(element, getvariable('short_paths'))::VARCHAR[] AS v FROM elements
),
imaged AS (
    SELECT *, short_image(v) AS image, short_text(v) AS canonical FROM extracted
),
lists AS (
    SELECT
        i,
        '[' || string_agg(canonical, ',' ORDER BY place) || ']' AS canonical,
        bool_and(coalesce(
            starts_with(element, '{')
            AND strlen(canonical) = strlen(element)
            AND short_fits(v, image),
            false
        )) AS is_plain
    FROM imaged
    GROUP BY i
)
SELECT
    CASE WHEN t.text IN ('null', '[]') THEN t.text WHEN lists.is_plain THEN lists.canonical END
        AS canonical
FROM texts AS t
LEFT JOIN lists USING (i)
ORDER BY i
