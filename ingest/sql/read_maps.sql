-- The distinct property maps of a block's tickets, by number: canonical text, and as stored.
SELECT
    CASE WHEN text = '' THEN text ELSE flat(text) END AS canonical,
    CASE WHEN text NOT IN ('', 'null', '{}') THEN flat(text) END AS map
FROM texts
ORDER BY i
