"""The SQL of this room: one statement a file."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import duckdb
import pyarrow as pa


@cache
def statement(name: str) -> str:
    """Return the SQL of `ingest/sql/<name>.sql`."""
    return (files(__package__) / "sql" / f"{name}.sql").read_text("utf-8")


class Statements:
    """The statements that a connection runs again and again, with what is shown to it meanwhile.

    DuckDB binds a statement when its relation is made, and again whenever that is read. Of a
    statement over a block of lines binding is a third of the planning: so it is made once.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._made: dict[str, duckdb.DuckDBPyRelation] = {}

    def rows(self, name: str) -> pa.Table:
        """Run `ingest/sql/<name>.sql` on the tables, variables and macros that are there now."""
        if name not in self._made:
            self._made[name] = self.con.sql(statement(name))
        return self._made[name].to_arrow_table()
