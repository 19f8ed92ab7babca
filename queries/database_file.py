"""A DuckDB file of nothing but views, for tools that open one: how it is written and read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from .statement import Statement

STORAGE = "v1.2.0"
"""Oldest DuckDB whose file format such files use, so that older tools can open them."""

_VIEWS = "SELECT view_name, sql FROM duckdb_views() WHERE database_name = 'seen'"


@contextmanager
def written(con: duckdb.DuckDBPyConnection, part: Path) -> Iterator[None]:
    """Let a connection define views in a database file, all at once; it is made if need be."""
    con.execute(f"ATTACH {literal(str(part))} AS made (STORAGE_VERSION '{STORAGE}')")
    con.execute("USE made")
    con.execute("BEGIN")  # else every statement is brought to the disk by itself
    yield
    con.execute("COMMIT")
    con.execute("USE memory")
    con.execute("DETACH made")


@contextmanager
def seen(con: duckdb.DuckDBPyConnection, path: Path) -> Iterator[None]:
    """Let a connection read a database file as `seen`; a file of its own would take it longer.

    Raises:
        duckdb.Error: there is none, or something else.
    """
    con.execute(f"ATTACH {literal(str(path))} AS seen (READ_ONLY)")
    try:
        yield
    finally:
        con.execute("DETACH seen")


def views_of(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the statements of a file's views by name; none when it cannot be read."""
    try:
        with seen(con, path):
            return dict(con.execute(_VIEWS).fetchall())
    except duckdb.Error:
        return {}


def comments(statement: Statement) -> list[str]:
    """Title, question, grain and help, for tools that show them; from our files, not from data."""
    words = "; ".join(filter(None, (statement.title, statement.question, statement.grain)))
    made = [f"COMMENT ON VIEW {statement.name} IS {literal(words)}"]
    for name, column in statement.columns.items():
        target = f'{statement.name}."{name}"'
        made.append(f"COMMENT ON COLUMN {target} IS {literal(column.help)}")
    return made


def literal(text: str) -> str:
    """Return a text as SQL writes it: views in a file cannot see the variables of a session."""
    return "'" + text.replace("'", "''") + "'"
