-- How many rows each commit has, and a hash of all their columns that does not depend on the order.
SELECT batch, count(*) AS row_count, sum(hash(e)::HUGEINT) AS content
FROM read_parquet(getvariable('files'), hive_partitioning = false) AS e
GROUP BY batch
ORDER BY batch
