-- Data and identity of ticket events whose parts are all known, in order; NULL where one is not.
WITH spelled AS (
    SELECT *, '"ticket":' || head || map || tail || '}' AS rest FROM rows
)
SELECT
    '{' || rest AS data,
    CASE
        WHEN is_plain
        THEN md5(
            identity || '{' || concat_ws(
                ',',
                '"attached_messages":' || attached_messages,
                '"chat":' || chat,
                '"message":' || message,
                rest
            ) || coalesce(',' || previous, '') || ']'
        )
    END AS event_id
FROM spelled
