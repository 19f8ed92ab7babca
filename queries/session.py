"""A connection that sees one ledger as it is now: an in-memory database with the views on top."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import duckdb

from ticketledger.models.store import Store, read_footer

from .statement import definitions


@contextmanager
def session(
    store: Store, *, as_of: datetime | None = None, known_at: datetime | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with every view and macro, in UTC.

    Args:
        store: an open store; commits that land later are not seen.
        as_of: only events at or before this instant exist.
        known_at: only commits at or before this instant exist.
    """
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        bind_files(con, store)
        for name, instant in (("as_of", as_of), ("known_at", known_at)):
            if instant is not None:
                con.execute(f"SET VARIABLE {name} = $instant", {"instant": instant})
        for statement in definitions():
            con.execute(statement.sql)
        yield con


def bind_files(con: duckdb.DuckDBPyConnection, store: Store) -> None:
    """Tell the connection which files the ledger consists of now."""
    events, rejects = ledger_files(store)
    con.execute("SET VARIABLE ledger_files = $files", {"files": events})
    con.execute("SET VARIABLE reject_files = $files", {"files": rejects})


def ledger_files(store: Store) -> tuple[list[str], list[str]]:
    """Return the absolute paths of the covering set, and of the rejects it refers to."""
    covering = store.covering()
    names = dict.fromkeys(name for file in covering for name in read_footer(file.path)["rejects"])
    root = store.root.absolute()
    events = [str(root / file.path.relative_to(store.root)) for file in covering]
    return events, [str(root / "rejects" / name) for name in names]
