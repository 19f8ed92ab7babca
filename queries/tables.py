"""Views of the cache's own database: defined, evaluated, written, dropped."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from .defining import deferred, execute
from .generations import SERVED
from .statement import as_table, definitions, statements

STAGED = ("ticket_images", "ticket_habits", "ticket_folds", "ticket_moves", "chat_folds")
"""Views that the others stand on, evaluated once."""

LOG = "read_parquet(getvariable('ledger_files'), hive_partitioning = false)"
"""All stored events, as `bind_files` names them."""

ORDER = (
    "org_id",
    "ticket_id",
    "chat_id",
    "message_id",
    "link",
    "unique_id",
    "seq",
    "part",
    "turn",
    "version",
    "changed_at",
    "field",
)
"""Columns a view's rows are sorted by, so that one ticket's are together."""


def define(
    con: duckdb.DuckDBPyConnection,
    views: Sequence[str],
    events: str | None = None,
    given: Sequence[str] = (),
) -> list[str]:
    """Define views and all they stand on but what is a table; the widest of them become tables.

    Args:
        con: a connection to the cache's own database.
        views: their names.
        events: defines `ledger_events`; None: as it is defined for everybody.
        given: views that are defined and stay so.

    Returns:
        The tables that were made.
    """
    tables = {row[0] for row in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    made = []
    for statement in definitions(" ".join(views), frozenset(given)):
        if statement.name in tables or statement.name in given:
            continue
        is_log = statement.name == "ledger_events"
        sql = events if events and is_log else statement.sql
        is_table = statement.kept or statement.name in STAGED
        execute(con, as_table(sql) if is_table else deferred(sql))
        if is_table:
            made.append(statement.name)
    return made


def drop(con: duckdb.DuckDBPyConnection, tables: Sequence[str]) -> None:
    """Drop tables, to make room or way for others."""
    for table in tables:
        con.execute(f"DROP TABLE {table}")


def write(con: duckdb.DuckDBPyConnection, view: str, folder: Path, number: int) -> None:
    """Write a view's rows of a generation, those of one ticket or chat side by side."""
    declared = statements("views")[view].columns if view in SERVED else None
    columns = declared or con.sql(f"FROM {view}").columns  # to ask the database costs a plan
    rows = f"SELECT *, {number}::INTEGER AS generation FROM {view} ORDER BY {_order(columns)}"
    _copy(con, rows, folder / f"{view}.parquet")


def join(
    con: duckdb.DuckDBPyConnection, view: str, parts: Sequence[Path], path: Path, sorted_by: str
) -> None:
    """Put together what was written of a view in several folders.

    Args:
        con: a connection to the cache's own database.
        view: its name.
        parts: the folders, in order.
        path: the file.
        sorted_by: the columns by which they follow one another.
    """
    bind_parts(con, view, parts)
    rows = "FROM read_parquet(getvariable('part_files'), hive_partitioning = false)"
    order = _order(con.sql(rows).columns)
    con.execute("SET preserve_insertion_order = true")
    _copy(con, rows if order.startswith(sorted_by) else f"{rows} ORDER BY {order}", path)
    con.execute("SET preserve_insertion_order = false")


def bind_parts(con: duckdb.DuckDBPyConnection, view: str, parts: Sequence[Path]) -> None:
    """Bind what was written of a view in several folders."""
    files = [str((part / f"{view}.parquet").absolute()) for part in parts]
    con.execute("SET VARIABLE part_files = $files", {"files": files})


def _copy(con: duckdb.DuckDBPyConnection, rows: str, path: Path) -> None:
    target = str(path.absolute()).replace("'", "''")
    con.execute(f"COPY ({rows}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    """Return the number of rows of a table or view."""
    rows = con.sql(f"SELECT count(*) FROM {name}").fetchall()
    return int(rows[0][0])


def sql_of(name: str) -> str:
    """Return a statement about the cache."""
    return statements("derived")[name].sql


def _order(columns: Collection[str]) -> str:
    return ", ".join(name for name in ORDER if name in columns)
