"""stdout is data: the database must not draw its progress there."""

from __future__ import annotations

from typing import Protocol, TypeVar


class _Connection(Protocol):
    def execute(self, query: str, /) -> object: ...


Connection = TypeVar("Connection", bound=_Connection)


def quiet(con: Connection) -> Connection:
    """Return a new connection to DuckDB that draws no bar, as it does in notebooks and `-c`."""
    con.execute("SET enable_progress_bar = false")
    return con
