-- The distinct before-images of a block's message events, by number: canonical text.
SELECT CASE WHEN starts_with(text, '{') THEN flat(text) END AS canonical
FROM texts
ORDER BY i
