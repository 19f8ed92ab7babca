"""Ranges of tickets: what is dear to make is made of some tickets after the other, so that it fits.

A view that is `by_ticket` hangs, for each ticket, on nothing but what the cache tells of it and of
messages. So it can be made of some tickets alone, where the cache serves all of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import duckdb

from .answers import made_of, write_view
from .failures import writing_aside
from .generations import Cache, served
from .statement import statements

EVENTS_AT_ONCE = 600_000
"""What is told of tickets of so many events is made at once: it takes about 4 GB."""


@dataclass(frozen=True, slots=True)
class Range:
    """From one ticket to another, both included, in the order of organisation and ticket."""

    first_org: str
    first_ticket: str
    last_org: str
    last_ticket: str

    def bind(self, con: duckdb.DuckDBPyConnection) -> None:
        """Tell a connection, for the statements of `served_within`."""
        for field, value in zip(fields(self), astuple(self), strict=True):
            con.execute(f"SET VARIABLE {field.name} = $value", {"value": value})


ONCE = ("ticket_questions",)
"""What hangs on messages wherever they are: it is made of all tickets, before any range."""

_NONE = Range("", "", "", "")
"""What a log without tickets is made of."""


def by_range(cached: Cache) -> frozenset[str]:
    """Return the views that are made of one range after the other: none of a short log."""
    if sum(cached.rows) <= 2 * EVENTS_AT_ONCE:  # about half of them tell of tickets
        return frozenset()
    return frozenset(name for name, view in statements("views").items() if view.by_ticket)


def from_all(view: str) -> str:
    """Return the statement that reads a view of `ONCE` where a range is made."""
    return f"CREATE OR REPLACE VIEW {view} AS FROM memory.main.{view}"


@contextmanager
def made_by_range(
    con: duckdb.DuckDBPyConnection,
    views: Sequence[str],
    define: Callable[[], None],
    spare: Path | None,
) -> Iterator[dict[str, list[str]]]:
    """Write what views say of one range of tickets after the other, and define them so.

    Yields the files of each view, which are there until the end.

    Args:
        con: a session that is bound to a cache.
        views: their names.
        define: defines them in the database that is used, with `served_within`.
        spare: folder in which the files are while they are needed; None: that of the system.

    Raises:
        LedgerUnwritable: there is no room for them.
    """
    with ExitStack() as made:
        with writing_aside(spare or Path(gettempdir())):
            told = TemporaryDirectory(prefix="ticketledger-", dir=spare)
            folder = Path(made.enter_context(told)).absolute()
            ranges = _ranges(con) or [_NONE]
            for number, each in enumerate(ranges):
                each.bind(con)
                with _aside(con):
                    define()
                    for view in views:
                        write_view(con, view, folder / f"{view}-{number}.parquet")
        files = {
            view: [str(folder / f"{view}-{number}.parquet") for number in range(len(ranges))]
            for view in views
        }
        for view in views:
            con.execute(made_of(con, view, files[view]))
        yield files


def _ranges(con: duckdb.DuckDBPyConnection) -> list[Range]:
    with _aside(con):
        con.execute(served("tickets_all"))
        con.execute("SET VARIABLE range_events = $most", {"most": EVENTS_AT_ONCE})
        rows = con.execute(statements("derived")["ticket_ranges"].sql).fetchall()
    return [Range(*row) for row in rows]


@contextmanager
def _aside(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Use a database of its own for a while; variables and memory are those of the connection."""
    con.execute("ATTACH ':memory:' AS aside")
    con.execute("USE aside")
    try:
        yield
    finally:
        con.execute("USE memory")
        con.execute("DETACH aside")
