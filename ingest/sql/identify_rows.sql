-- As `identify_tickets`, where the ticket is the data itself, with no parts beside it.
WITH spelled AS (
    SELECT *, head || map || tail AS data FROM rows
)
SELECT
    data,
    CASE
        WHEN is_plain THEN md5(identity || data || coalesce(',' || previous, '') || ']')
    END AS event_id
FROM spelled
