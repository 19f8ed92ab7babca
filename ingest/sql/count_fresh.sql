-- How many events each part staged and how many of them are new.
SELECT
    s.part,
    count(*) AS staged,
    count(f.kept) AS accepted,
    coalesce(sum(s.repeated_keys) FILTER (f.kept IS NOT NULL), 0)::BIGINT AS repeated_keys
FROM staged AS s
LEFT JOIN fresh AS f ON f.kept = s.rowid
GROUP BY s.part
