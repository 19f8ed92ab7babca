/*---
title = "What became of the lines of each source"
grain = "one row per source and commit"

[columns]
batch = { type = "INTEGER", help = "commit" }
loaded_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the commit" }
source = { type = "VARCHAR", help = "file" }
size_bytes = { type = "BIGINT", help = "bytes of the whole file; NULL if a later commit holds its end" }
sha256 = { type = "VARCHAR", help = "hash of the whole file; NULL if a later commit holds its end" }
lines = { type = "BIGINT", help = "lines, array elements or documents: the sum of the next four" }
accepted = { type = "BIGINT", help = "events stored" }
duplicates = { type = "BIGINT", help = "events the ledger had already" }
rejected = { type = "BIGINT", help = "refused, see rejects" }
blank = { type = "BIGINT", help = "empty lines" }
known_rejects = { type = "BIGINT", help = "of the rejected, those recorded before" }
repeated_keys = { type = "BIGINT", help = "JSON keys that stood twice in an accepted record; the last counted" }
is_replay = { type = "BOOLEAN", help = "its lines were refused before and taken by `replay`" }
version = { type = "VARCHAR", help = "ticketledger that wrote the commit" }
---*/
CREATE OR REPLACE VIEW loads AS
WITH each AS (
    SELECT batch, loaded_at, version, replayed, unnest(from_json(sources, '["JSON"]')) AS this
    FROM commits
)
SELECT
    batch,
    loaded_at,
    this ->> 'source' AS source,
    (this ->> 'size_bytes')::BIGINT AS size_bytes,
    this ->> 'sha256' AS sha256,
    (this ->> 'lines')::BIGINT AS lines,
    (this ->> 'accepted')::BIGINT AS accepted,
    (this ->> 'duplicates')::BIGINT AS duplicates,
    (this ->> 'rejected')::BIGINT AS rejected,
    (this ->> 'blank')::BIGINT AS blank,
    (this ->> 'known_rejects')::BIGINT AS known_rejects,
    (this ->> 'repeated_keys')::BIGINT AS repeated_keys,
    replayed IS NOT NULL AS is_replay,
    version
FROM each
