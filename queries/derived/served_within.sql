/*---
title = "A view of tickets, read from the cache as `served` does, of a range of them"
internal = true
---*/
-- Files are sorted, so that the database skips what is not of the range.
CREATE OR REPLACE VIEW {view} AS
SELECT d.* EXCLUDE (generation)
FROM read_parquet(getvariable('derived_{view}'), hive_partitioning = false) AS d
ANTI JOIN (
    FROM read_parquet(getvariable('derived_{touched}'), hive_partitioning = false)
    WHERE len(getvariable('derived_{touched}')) > 1
) AS n
    ON n.org_id = d.org_id AND n.ticket_id = d.ticket_id AND n.generation > d.generation
WHERE d.org_id BETWEEN getvariable('first_org') AND getvariable('last_org')
    AND (
        getvariable('first_org') <> getvariable('last_org')
        OR d.ticket_id BETWEEN getvariable('first_ticket') AND getvariable('last_ticket')
    )
    AND (d.org_id, d.ticket_id) >= (getvariable('first_org'), getvariable('first_ticket'))
    AND (d.org_id, d.ticket_id) <= (getvariable('last_org'), getvariable('last_ticket'))
