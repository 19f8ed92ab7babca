"""`catalog.duckdb`: the views for tools that open a database file; disposable, never edited.

It holds the same statements over the literal list of files, absolute so that the reader's folder
does not matter. It is written aside and moved into place: who has the old one open keeps it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import duckdb

from ticketledger.models.disk import locked, workspace
from ticketledger.models.layout import CommitFile
from ticketledger.models.quiet import quiet
from ticketledger.models.store import Store

from .binding import bind_files, bind_rejects, event_files, reject_files
from .cataloged import is_current, is_overtaken
from .database_file import STORAGE, comments, literal, seen, written
from .derive import refresh
from .failures import making
from .generations import KEYS, SERVED, Cache, find_cache, serve, served
from .settings import uses_policies
from .statement import Statement, definitions, statements


def write_catalog(
    con: duckdb.DuckDBPyConnection, store: Store, progress: Callable[[int, int], None]
) -> None:
    """Write the catalog of the ledger's present commits and move it into place.

    A cache that is behind is brought up to them first.
    """
    with making(store), workspace(store.tmp) as folder:
        part = folder / store.catalog.name
        while True:
            files, cached = _folded(store, progress)
            bind_files(con, files)
            bind_rejects(con, store, files)
            serve(con, cached)
            lists = _lists(store, files, cached)
            if not _adapted(con, store.catalog, lists, part):
                part.unlink(missing_ok=True)
                _write_anew(con, lists, part)
            with locked(store.tmp):
                if is_overtaken(con, store, files[-1].last):
                    return
                if all(path.exists() for path in event_files(files)):  # else merged, and removed
                    part.replace(store.catalog)
                    return


def _folded(
    store: Store, progress: Callable[[int, int], None]
) -> tuple[Sequence[CommitFile], Cache]:
    """Return the ledger's commits, and the cache that takes in exactly these.

    They are at least those there are now. Of what others commit meanwhile they make the catalog.
    """
    now = store.covering()[-1].last
    while True:
        cached = find_cache(store)
        if cached and cached.commit >= now:
            files = [file for file in store.covering() if file.last <= cached.commit]
            if files[-1].last == cached.commit:
                return files, cached
        refresh(store, progress=progress)


def _adapted(
    con: duckdb.DuckDBPyConnection, catalog: Path, lists: dict[str, list[str]], part: Path
) -> bool:
    """Copy the catalog in place and let its views name other files; False: it is of no use.

    Views are bound by name when they are asked, so those that stand on these stay as they are.
    """
    try:
        part.write_bytes(catalog.read_bytes())
    except FileNotFoundError:
        return False
    if not _is_of_these_definitions(con, part):
        return False
    with written(con, part):
        for statement in _shown():
            sql = _sql(statement)
            if any(f"getvariable('{name}')" in sql for name in lists):
                _define(con, statement, _over_files(sql, lists))
    return True


def _is_of_these_definitions(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    """Whether a file is a whole catalog of what would be defined now."""
    try:
        with seen(con, path):
            told = con.execute("SELECT seen.main.definitions_hash()").fetchall()
            return told == [(_definitions(),)]
    except duckdb.Error:
        return False


def _write_anew(con: duckdb.DuckDBPyConnection, lists: dict[str, list[str]], part: Path) -> None:
    with written(con, part):
        for statement in _shown():
            _define(con, statement, _over_files(_sql(statement), lists))
        con.execute(f"CREATE MACRO definitions_hash() AS {literal(_definitions())}")


def _sql(statement: Statement) -> str:
    return served(statement.name) if statement.name in SERVED else statement.sql


def _define(con: duckdb.DuckDBPyConnection, statement: Statement, sql: str) -> None:
    con.execute(sql)
    if "VIEW" in statement.sql[:400]:  # else a macro
        for comment in comments(statement):
            con.execute(comment)


@cache
def _definitions() -> str:
    """Return what tells catalogs of other definitions apart: all but the files they name."""
    shown = [(_sql(each), comments(each)) for each in _shown()]
    told = json.dumps([duckdb.__version__, STORAGE, sorted(shown)])
    return hashlib.sha256(told.encode()).hexdigest()


def renew_catalog(
    store: Store, *, progress: Callable[[int, int], None] = lambda done, whole: None
) -> None:
    """Write the catalog anew unless it is current; `progress` is told as by `refresh`.

    Once is enough: it shows at least the commits there were, and who makes one renews it after it.
    Of commits that are left in a bucket none is made: tools that open a file see only files.

    Raises:
        LedgerUnwritable, LedgerDamaged: as `making`.
    """
    if store.place.in_place:
        store.catalog.unlink(missing_ok=True)
    else:
        with quiet(duckdb.connect()) as con:
            con.execute("SET TimeZone = 'UTC'")
            if not is_current(con, store):
                write_catalog(con, store, progress)
    store.place.tidy()  # nothing names them any more


def _shown() -> tuple[Statement, ...]:
    """Return what the catalog defines: what tools may ask for, and all it stands on.

    Views on promises are left out: without a file of policies they would be empty for ever.
    """
    all_names = statements("macros") | statements("views")
    names = (
        name
        for name, statement in all_names.items()
        if not statement.internal and not uses_policies(name)
    )
    return definitions(" ".join(names), SERVED)


def _lists(store: Store, files: Sequence[CommitFile], cached: Cache) -> dict[str, list[str]]:
    """Return the session's variables of files and what they hold."""
    return {
        "ledger_files": [str(path) for path in event_files(files)],
        "reject_files": reject_files(store, files),
        **{f"derived_{view}": cached.files(view) for view in (*SERVED, *KEYS)},
    }


def _over_files(sql: str, lists: dict[str, list[str]]) -> str:
    """A stored view cannot see the session's variables of files: they become literal lists."""
    for name, files in lists.items():
        sql = sql.replace(f"getvariable('{name}')", _list(files))
    return sql


def _list(texts: list[str]) -> str:
    return f"[{', '.join(map(literal, texts))}]"
