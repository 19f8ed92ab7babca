-- Take back the staged lines of the present part from a line on.
DELETE FROM staged
WHERE part = getvariable('part') AND source_line >= getvariable('first_line')
