"""Macros and views of a session: as written, from the cache, or as tables of their rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

import duckdb

from .generations import served
from .settings import Settings
from .statement import Statement, as_table

_VIEW = re.compile(r"^(CREATE OR REPLACE VIEW \w+)(?= AS\b)", re.MULTILINE)


def define_all(
    con: duckdb.DuckDBPyConnection,
    made: Iterable[Statement],
    settings: Settings,
    from_cache: Collection[str],
    instead: Mapping[str, str],
    *,
    kept: Collection[str] = (),
    within: bool = False,
) -> None:
    """Define macros and views.

    Args:
        con: a connection.
        made: each after those it stands on.
        settings: take the place of some.
        from_cache: views that are read from the cache.
        instead: what defines others in this session.
        kept: others that become tables.
        within: of tickets, read only those of a range.
    """
    for statement in made:
        if statement.name in from_cache:
            execute(con, deferred(served(statement.name, within=within)))
        elif statement.name in instead:
            execute(con, instead[statement.name])
        else:
            define(con, statement, settings, kept)


def define(
    con: duckdb.DuckDBPyConnection,
    statement: Statement,
    settings: Settings,
    kept: Collection[str],
) -> None:
    """Define a macro or view; settings take the place of some, and what is kept becomes a table."""
    if settings.bind_given(con, statement):
        return
    if statement.kept or statement.name in kept:
        rest = " WITH NO DATA" if settings.leaves_empty(statement.name) else ""
        execute(con, f"{as_table(statement.sql)}{rest}")
    else:
        execute(con, deferred(statement.sql))


def execute(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Execute a statement from our files, which names no data; it is parsed once in a process.

    To parse all views and macros takes as long as many answers.
    """
    for statement in _parsed(sql):
        con.execute(statement)


@lru_cache(maxsize=1000)
def _parsed(sql: str) -> list[duckdb.Statement]:
    return duckdb.extract_statements(sql)


def deferred(definition: str) -> str:
    """Return the definition of a view as that of one that is bound only when it is asked.

    To bind each of many that stand on one another takes longer than most answers.
    """
    return _VIEW.sub(r"\1 WITH (DEFER_BINDING)", definition, count=1)
