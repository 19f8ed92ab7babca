-- Data and identity of ticket events whose parts are all known, in order; NULL where one is not.
WITH spelled AS (
    SELECT *, '{"ticket":' || head || map || tail || '}' AS data FROM rows
)
SELECT
    data,
    CASE
        WHEN is_plain
        THEN md5(
            identity || '{' || concat_ws(
                ',',
                '"attached_messages":' || attached_messages,
                '"chat":' || chat,
                '"message":' || message,
                data[2:]
            ) || coalesce(',' || previous, '') || ']'
        )
    END AS event_id
FROM spelled
