"""Where rows wait between reading and commit: a private database that may spill to disk."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from ticketledger.models import schema
from ticketledger.models.errors import BadParameter

from .explain import Accepted

STAMPS: Final = ("batch", "source", "loaded_at")
"""Columns that only a commit knows."""


@cache
def statement(name: str) -> str:
    """Return the SQL of `ingest/sql/<name>.sql`."""
    return (files(__package__) / "sql" / f"{name}.sql").read_text("utf-8")


@cache
def staged_schema() -> pa.Schema:
    """Return the stored columns without a commit's own, after `part` and `repeated_keys`."""
    stored = [field for field in schema.EVENTS if field.name not in STAMPS]
    return pa.schema([("part", pa.int32()), ("repeated_keys", pa.int64()), *stored])


class Stage:
    """One run's private database. Rows of all lanes meet in its table `staged`."""

    def __init__(self, tmp: Path, memory: str) -> None:
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'")
        self.con.execute("SET preserve_insertion_order = false")
        try:
            self.con.execute("SET memory_limit = $memory", {"memory": memory})
        except duckdb.Error:
            self.con.close()
            raise BadParameter(f"`{memory}` is no size", hint="for example 512MB") from None
        self.con.execute("SET temp_directory = $tmp", {"tmp": str(tmp / "spill")})
        self.clear()

    def clear(self) -> None:
        """Forget what was staged."""
        self._create("staged", staged_schema())

    def add(self, part: int, accepted: list[Accepted]) -> None:
        """Stage rows of the explain lane."""
        if not accepted:
            return
        rows = [
            event.row
            | {"part": part, "source_line": event.line, "repeated_keys": event.repeated_keys}
            for event in accepted
        ]
        self.insert("staged", pa.Table.from_pylist(rows, schema=staged_schema()))

    def insert(self, table: str, rows: pa.Table) -> None:
        """Append Arrow rows to a table of ours."""
        self.con.register("incoming", rows)
        self.con.execute(f"INSERT INTO {table} BY NAME FROM incoming")
        self.con.unregister("incoming")

    def run(self, name: str, params: Mapping[str, object] | None = None) -> None:
        """Execute `ingest/sql/<name>.sql`."""
        self.con.execute(statement(name), dict(params) if params else None)

    def rows(self, name: str, params: Mapping[str, object] | None = None) -> pa.Table:
        """Return the rows of `ingest/sql/<name>.sql`."""
        return self.con.sql(statement(name), params=dict(params or {})).to_arrow_table()

    def set(self, **variables: Any) -> None:
        """Set variables that the statements read."""
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $value", {"value": value})

    def close(self) -> None:
        """Give back memory and spilled files."""
        self.con.close()

    def _create(self, table: str, columns: pa.Schema) -> None:
        self.con.register("empty", columns.empty_table())
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS FROM empty")
        self.con.unregister("empty")

    def create(self, table: str, columns: pa.Schema) -> None:
        """Make an empty table of ours."""
        self._create(table, columns)
