"""`catalog.duckdb`: the views for tools that open a database file; disposable, never edited.

It holds the same statements over the literal list of files, absolute so that the reader's folder
does not matter. It is written aside and moved into place: who has the old one open keeps it.
"""

from __future__ import annotations

import uuid

import duckdb

from ticketledger.models.store import Store

from .session import bind_files, bind_rejects, event_files, keep, reject_files
from .statement import Statement, definitions

STORAGE = "v1.2.0"
"""Oldest DuckDB whose file format the catalog uses, so that older tools can open it."""


_TRIES = 5


def write_catalog(store: Store) -> None:
    """Write the catalog of the ledger's present commits and move it into place."""
    part = store.tmp / f"{uuid.uuid4().hex}.catalog"
    try:
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            bind_files(con, store)
            bind_rejects(con, store)
            con.execute(f"ATTACH {_literal(str(part))} AS made (STORAGE_VERSION '{STORAGE}')")
            con.execute("USE made")
            events, rejects = event_files(store), reject_files(store)
            for statement in definitions():
                con.execute(_over_files(statement.sql, events, rejects))
                if statement.kept:
                    keep(con, statement.name)
                for comment in _comments(statement):
                    con.execute(comment)
            con.execute("USE memory")
            con.execute("DETACH made")
        part.replace(store.catalog)
    finally:
        part.unlink(missing_ok=True)


def is_current(store: Store) -> bool:
    """Whether the catalog is there and shows exactly the ledger's present files."""
    try:
        with duckdb.connect(str(store.catalog), read_only=True) as con:
            found = con.sql("SELECT sql FROM duckdb_views() WHERE view_name = 'ledger_events'")
            told = found.fetchall()
    except duckdb.Error:
        return False
    shown = told[0][0] if told else ""
    files = event_files(store)
    return shown.count(".parquet'") == len(files) and all(_literal(f) in shown for f in files)


def renew_catalog(store: Store) -> None:
    """Write the catalog anew unless it is current; another's commit meanwhile is not missed."""
    for _ in range(_TRIES):
        if is_current(store):
            return
        write_catalog(store)


def _over_files(sql: str, events: list[str], rejects: list[str]) -> str:
    """A stored view cannot see the session's variables of files: they become literal lists."""
    return sql.replace("getvariable('ledger_files')", _list(events)).replace(
        "getvariable('reject_files')", _list(rejects)
    )


def _comments(statement: Statement) -> list[str]:
    """Title, question, grain and help, for tools that show them; from our files, not from data."""
    if statement.kept or "VIEW" not in statement.sql[:400]:
        return []
    words = "; ".join(filter(None, (statement.title, statement.question, statement.grain)))
    made = [f"COMMENT ON VIEW {statement.name} IS {_literal(words)}"]
    for name, column in statement.columns.items():
        target = f'{statement.name}."{name}"'
        made.append(f"COMMENT ON COLUMN {target} IS {_literal(column.help)}")
    return made


def _list(texts: list[str]) -> str:
    return f"[{', '.join(map(_literal, texts))}]"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
