"""What the catalog in place shows, and whether that is all there is."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from ticketledger.models.layout import read_commit_name
from ticketledger.models.store import Store

from .binding import event_files
from .database_file import views_of
from .generations import current_cache


def is_current(con: duckdb.DuckDBPyConnection, store: Store) -> bool:
    """Whether the catalog is there and shows exactly the present files of ledger and cache."""
    files = store.covering()
    cached = current_cache(store, files)
    if cached is None:
        return False
    told = views_of(con, store.catalog)
    expected = {
        "ledger_events": [str(path) for path in event_files(files)],
        "tickets_all": [*cached.files("tickets_all"), *cached.files("touched_tickets")],
    }
    return all(_files_in(told.get(view, "")) == set(paths) for view, paths in expected.items())


def is_overtaken(con: duckdb.DuckDBPyConnection, store: Store, last: int) -> bool:
    """Whether the catalog in place shows a later commit than `last`: readers never go back."""
    named = map(Path, _files_in(views_of(con, store.catalog).get("ledger_events", "")))
    shown = max((file.last for file in map(read_commit_name, named) if file), default=0)
    return last < shown <= store.covering()[-1].last  # a later one that is gone does not count


def _files_in(sql: str) -> set[str]:
    """Return the Parquet files that a statement names."""
    texts = re.findall(r"'((?:[^']|'')*)'", sql)
    return {text.replace("''", "'") for text in texts if text.endswith(".parquet")}
