/*---
title = "The commits, as their footers tell"
grain = "one row per commit"
internal = true
---*/
CREATE OR REPLACE VIEW commits AS
WITH footers AS (
    SELECT file_name, decode(value)::JSON AS footer
    FROM parquet_kv_metadata(getvariable('ledger_files'))
    WHERE decode(key) = 'ticketledger'
)
SELECT
    (this ->> 'number')::INTEGER AS batch,
    (this ->> 'loaded_at')::TIMESTAMPTZ AS loaded_at,
    this ->> 'version' AS version,
    this ->> 'previous_seal' AS previous_seal,
    (this ->> 'rows')::BIGINT AS row_count,
    this ->> 'rejects' AS rejects_file,
    this -> 'sources' AS sources,
    from_json(this -> 'replayed', '["VARCHAR"]') AS replayed,
    file_name
FROM (SELECT file_name, unnest(from_json(footer -> 'commits', '["JSON"]')) AS this FROM footers)
WHERE (this ->> 'loaded_at')::TIMESTAMPTZ
    <= coalesce(getvariable('known_at'), 'infinity'::TIMESTAMPTZ)
