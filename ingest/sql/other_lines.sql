-- The lines of this block that were not staged: for the explain lane.
SELECT n
FROM lines
WHERE n NOT IN (
    SELECT source_line
    FROM staged
    WHERE part = getvariable('part') AND source_line >= getvariable('first_line')
)
ORDER BY n
