/*---
title = "Every refused line that no replay took since, with its bytes and the reason"
grain = "one row per refused line and reason"

[columns]
source = { type = "VARCHAR", help = "file" }
line = { type = "BIGINT", help = "line the record starts on" }
code = { type = "VARCHAR", help = "kind of fault" }
path = { type = "VARCHAR", help = "field; empty for the record as a whole" }
reason = { type = "VARCHAR", help = "what is wrong" }
raw = { type = "BLOB", help = "the exact bytes" }
batch = { type = "INTEGER", help = "commit" }
loaded_at = { type = "TIMESTAMP WITH TIME ZONE", help = "instant of the commit" }
reject_id = { type = "VARCHAR", help = "identity of bytes, code and path" }
---*/
CREATE OR REPLACE VIEW rejects AS
SELECT source, line, code, path, reason, raw, batch, loaded_at, reject_id
FROM all_rejects
WHERE replayed_in IS NULL
