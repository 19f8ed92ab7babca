"""Making the cache in `derived/`: from nothing, or of what commits since the last time touched."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import time

import duckdb

from ticketledger.models.disk import sweep, sync_file, sync_folder, workspace
from ticketledger.models.layout import CommitFile
from ticketledger.models.quiet import quiet
from ticketledger.models.store import Store

from .generations import (
    CHAT_VIEWS,
    CURRENT,
    KEYS,
    SERVED,
    TICKET_VIEWS,
    Cache,
    current_cache,
    find_cache,
    folder,
    hash_files,
    serve,
    served,
    write_current,
)
from .session import as_table, bind_files, event_files, limit_memory, making, reading
from .statement import definitions, statements

MOST_GENERATIONS = 12
GRACE_S = 900
"""Generations that were replaced so long ago are removed: a reader may have them open."""

_ORDER = ("org_id", "ticket_id", "chat_id", "seq", "part", "version", "changed_at", "field")
"""Columns a view's rows are sorted by, so that one ticket's are together."""

_STAGED = ("ticket_images", "ticket_habits", "ticket_folds", "chat_folds")
"""Views that the others stand on, evaluated once."""

_IN_BETWEEN = ("ticket_breaks", "ticket_recovered", "ticket_moves")
"""Tables that a session would make of them as well."""


def refresh(store: Store, *, memory: str = "3GB", rebuild: bool = False) -> None:
    """Bring the cache up to the last commit.

    Args:
        store: an open store.
        memory: what the database may use before it spills to `tmp/`.
        rebuild: fold everything from the log, whatever the cache has.

    Raises:
        LedgerUnwritable, LedgerDamaged: as `making`.
    """
    sweep(store.tmp)
    files = store.covering()
    last = files[-1]
    cached = find_cache(store)
    if cached and cached.commit >= last.last and not rebuild:
        return
    base = None if rebuild else _extensible(cached)
    name = f"{last.last:08d}-{uuid.uuid4().hex[:12]}"
    target = folder(store) / name
    with making(store):
        with _removed_if_unfinished(target):
            with _database(store, memory) as con:
                made = _fold(con, files, target, base)
            for path in target.iterdir():
                sync_file(path)
            sync_folder(target)
            hashes = {**(base.hashes if base else {}), **hash_files(target)}
        for old in set(cached.generations if cached else ()) - set(made.generations):
            os.utime(folder(store) / old)  # now its time begins
        write_current(store, replace(made, hashes=hashes))
        _remove_old(made)


@contextmanager
def _removed_if_unfinished(target: Path) -> Iterator[None]:
    """Leave no half of a generation behind: the disk may be full."""
    try:
        yield
    except BaseException:
        shutil.rmtree(target, ignore_errors=True)
        raise


def compare_with_rebuild(store: Store, *, memory: str = "3GB") -> list[str] | None:
    """Return the views whose rows in the cache differ from a fold of the whole log; sorted.

    None when no cache takes in the last commit: views fold the log then.
    """
    files = store.covering()
    cached = current_cache(store, files)
    if cached is None:
        return None
    with workspace(store.tmp) as made:
        with _database(store, memory) as con, reading(store):
            rebuilt = _fold(con, files, made / "rebuilt", None)
        with quiet(duckdb.connect()) as con, reading(store):
            con.execute("SET TimeZone = 'UTC'")
            return sorted(
                view
                for view in SERVED
                if _content(con, cached, view) != _content(con, rebuilt, view)
            )


def _content(con: duckdb.DuckDBPyConnection, cached: Cache, view: str) -> tuple[object, ...]:
    serve(con, cached)
    con.execute(served(view))
    rows = con.sql(statements("derived")["content"].sql.replace("{view}", view)).fetchall()
    return tuple(rows[0])


def _extensible(cached: Cache | None) -> Cache | None:
    """Return the cache unless it is time to begin anew: the later generations outgrew the first."""
    if cached is None or len(cached.generations) >= MOST_GENERATIONS:
        return None
    return cached if sum(cached.rows[1:]) <= cached.rows[0] // 5 else None


def _fold(
    con: duckdb.DuckDBPyConnection,
    files: Sequence[CommitFile],
    target: Path,
    base: Cache | None,
) -> Cache:
    """Write one generation into a new folder; returns the cache that it completes.

    Only these files are read: what is committed meanwhile is no part of it.
    """
    number = len(base.generations) if base else 0
    target.mkdir(parents=True)
    bind_files(con, files)
    if base:
        _touch(con, files, base)
    else:
        con.execute("CREATE TABLE touched_tickets (org_id VARCHAR, ticket_id VARCHAR)")
        con.execute("CREATE TABLE touched_chats (org_id VARCHAR, chat_id VARCHAR)")
    _define(con, TICKET_VIEWS, _sql("ticket_events") if base else None)
    for view in TICKET_VIEWS:
        _write(con, view, target, number)
    rows = _count(con, "ticket_moments")
    for view in (*_STAGED, *_IN_BETWEEN):  # make room for the chats
        con.execute(f"DROP TABLE IF EXISTS {view}")
    _define(con, CHAT_VIEWS, _sql("chat_events") if base else None)
    for view in (*CHAT_VIEWS, *KEYS):
        _write(con, view, target, number)
    return Cache(
        target.parent,
        files[-1].last,
        _last_event_us(con),
        (*(base.generations if base else ()), target.name),
        (*(base.rows if base else ()), rows),
        {},
    )


def _touch(con: duckdb.DuckDBPyConnection, files: Sequence[CommitFile], base: Cache) -> None:
    """Find the tickets and chats to fold again.

    They are those of the new commits, and all of a sender of whom something else is learned now.
    """
    new = event_files([file for file in files if file.last > base.commit])
    con.execute("SET VARIABLE new_files = $files", {"files": new})
    con.execute("SET VARIABLE former_commit = $commit", {"commit": base.commit})
    con.execute(_sql("touched_tickets"))
    con.execute(_sql("touched_chats"))
    serve(con, base)
    for view, name in (("ticket_habits", "former_habits"), ("ticket_senders", "former_senders")):
        con.execute(served(view).replace(f"VIEW {view}", f"VIEW {name}"))
    while True:
        _define(con, ("ticket_habits", "if_unreported"), _sql("ticket_events"))
        con.execute(_sql("former_habits"))
        learned = statements("views")["ticket_senders"].sql
        con.execute(as_table(learned.replace("FROM ticket_habits", "FROM all_habits")))
        touched = _count(con, "touched_tickets")
        con.execute(_sql("changed_senders"))
        if _count(con, "touched_tickets") == touched:
            return
        for view in ("ticket_senders", "ticket_habits", "ticket_images"):
            con.execute(f"DROP TABLE {view}")


def _define(con: duckdb.DuckDBPyConnection, views: Sequence[str], events: str | None) -> None:
    """Define views and all they stand on but what is a table; the widest of them become tables.

    Args:
        con: a connection to the cache's own database.
        views: their names.
        events: defines `ledger_events`; None: as it is defined for everybody.
    """
    tables = {row[0] for row in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    for statement in definitions(" ".join(views)):
        if statement.name in tables:
            continue
        is_log = statement.name == "ledger_events"
        sql = events if events and is_log else statement.sql
        is_table = statement.kept or statement.name in _STAGED
        con.execute(as_table(sql) if is_table else sql)


def _sql(name: str) -> str:
    return statements("derived")[name].sql


def _write(con: duckdb.DuckDBPyConnection, view: str, target: Path, number: int) -> None:
    """Write a view's rows, those of one ticket or chat side by side."""
    path = str((target / f"{view}.parquet").absolute()).replace("'", "''")
    declared = statements("views")[view].columns if view in SERVED else None
    columns = declared or con.sql(f"FROM {view}").columns  # to ask the database costs a plan
    order = ", ".join(name for name in _ORDER if name in columns)
    con.execute(
        f"COPY (SELECT *, {number}::INTEGER AS generation FROM {view} ORDER BY {order}) "
        f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )


def _last_event_us(con: duckdb.DuckDBPyConnection) -> int:
    files = "read_parquet(getvariable('ledger_files'), hive_partitioning = false)"
    rows = con.sql(f"SELECT epoch_us(max(event_at)) FROM {files}").fetchall()
    return int(rows[0][0] or 0)


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    rows = con.sql(f"SELECT count(*) FROM {name}").fetchall()
    return int(rows[0][0])


@contextmanager
def _database(store: Store, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection whose tables spill to the ledger's disk when they outgrow the memory."""
    with workspace(store.tmp) as spill, quiet(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        limit_memory(con, memory, spill)
        con.execute("SET preserve_insertion_order = false")
        yield con


def _remove_old(made: Cache) -> None:
    for path in made.root.iterdir():
        is_named = path.name in (*made.generations, CURRENT)
        with suppress(FileNotFoundError):  # another refresh came first
            if not is_named and path.stat().st_mtime < time() - GRACE_S:
                shutil.rmtree(path, ignore_errors=True)
