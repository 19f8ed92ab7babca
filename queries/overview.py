"""What a ledger holds, in a few figures: the answer of `ticketledger info`."""

from __future__ import annotations

from typing import Any

from ticketledger.models.reach import size_of
from ticketledger.models.store import Store

from .failures import reading
from .session import session


def summary(store: Store) -> dict[str, Any]:
    """Return counts, the span of event time and load time, and bytes on disk.

    Instants are None in a ledger without events.
    """
    with session(store, "overview") as con, reading(store):
        rows = con.sql("FROM overview").to_arrow_table().to_pylist()
    files = [file.path for file in store.covering()]
    return {
        "ledger": store.place.name,
        **rows[0],
        "files": len(files),
        "size_bytes": sum(map(size_of, files)),
    }
