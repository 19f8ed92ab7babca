"""What the store has already: ids of events in a span of time, ids of rejects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from ticketledger.models.layout import CommitFile
from ticketledger.models.store import Store, read_footer

_IDS = """
SELECT event_id
FROM read_parquet(getvariable('files'))
WHERE event_at BETWEEN getvariable('since') AND getvariable('until')
"""


def stored_ids(files: Iterable[Path], span: tuple[datetime, datetime] | None) -> set[str]:
    """Return the ids of stored events in a span of event time, both ends included.

    Equal events have equal instants, so nothing outside the span of the new rows can be a
    duplicate; row-group statistics let the reader skip the rest of the ledger.
    """
    if span is None:
        return set()
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET VARIABLE files = $files", {"files": [str(path) for path in files]})
        con.execute("SET VARIABLE since = $since", {"since": span[0]})
        con.execute("SET VARIABLE until = $until", {"until": span[1]})
        return set(con.sql(_IDS).to_arrow_table().column(0).to_pylist())


def stored_reject_ids(store: Store, files: Iterable[CommitFile]) -> set[str]:
    """Return the ids of all rejects the commits refer to."""
    names = {name for file in files for name in read_footer(file.path)["rejects"]}
    ids: set[str] = set()
    for name in sorted(names):
        ids.update(pq.read_table(store.rejects / name, columns=["reject_id"]).column(0).to_pylist())
    return ids
