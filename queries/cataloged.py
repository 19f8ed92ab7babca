"""What the catalog in place shows, and whether that is all there is."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from ticketledger.models.layout import read_commit_name
from ticketledger.models.quiet import quiet
from ticketledger.models.store import Store

from .binding import event_files
from .generations import current_cache


def is_current(store: Store) -> bool:
    """Whether the catalog is there and shows exactly the present files of ledger and cache."""
    files = store.covering()
    cached = current_cache(store, files)
    if cached is None:
        return False
    told = _views(store)
    expected = {
        "ledger_events": [str(path) for path in event_files(files)],
        "tickets_all": [*cached.files("tickets_all"), *cached.files("touched_tickets")],
    }
    return all(_files_in(told.get(view, "")) == set(paths) for view, paths in expected.items())


def is_overtaken(store: Store, last: int) -> bool:
    """Whether the catalog in place shows a later commit than `last`: readers never go back."""
    named = map(Path, _files_in(_views(store).get("ledger_events", "")))
    shown = max((file.last for file in map(read_commit_name, named) if file), default=0)
    return last < shown <= store.covering()[-1].last  # a later one that is gone does not count


def _views(store: Store) -> dict[str, str]:
    """Return the statements of the catalog's views by name; none without a catalog."""
    try:
        with quiet(duckdb.connect(str(store.catalog), read_only=True)) as con:
            return dict(con.sql("SELECT view_name, sql FROM duckdb_views()").fetchall())
    except duckdb.Error:
        return {}


def _files_in(sql: str) -> set[str]:
    """Return the Parquet files that a statement names."""
    texts = re.findall(r"'((?:[^']|'')*)'", sql)
    return {text.replace("''", "'") for text in texts if text.endswith(".parquet")}
