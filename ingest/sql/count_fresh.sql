-- How many events each part staged and how many of them are new.
SELECT
    s.part,
    count(*) AS staged,
    count(f.place) AS accepted,
    coalesce(sum(s.repeated_keys) FILTER (f.place IS NOT NULL), 0)::BIGINT AS repeated_keys
FROM staged AS s
LEFT JOIN fresh AS f USING (place)
WHERE s.event_id IS NOT NULL
GROUP BY s.part
