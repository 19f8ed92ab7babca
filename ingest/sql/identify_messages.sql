-- Identity of message events whose before-images are known, in order; NULL where one is not.
SELECT
    CASE
        WHEN is_plain THEN md5(identity || data || coalesce(',' || previous, '') || ']')
    END AS event_id
FROM rows
