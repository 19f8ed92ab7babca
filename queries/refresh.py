"""Making the cache in `derived/`: from nothing, or of what commits since the last time touched."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import time

import duckdb

from ticketledger.models.disk import sync_file, sync_folder
from ticketledger.models.store import Store

from .generations import (
    CHAT_VIEWS,
    TICKET_VIEWS,
    Cache,
    current_cache,
    find_cache,
    fingerprint,
    folder,
    serve,
    served,
)
from .session import bind_files, keep, reading
from .statement import definitions, statements

SMALL_ROWS = 20_000
"""Up to so many events no cache is made: the views fold them in well under a second."""

MOST_GENERATIONS = 12
GRACE_S = 900
"""Generations that no cache names are removed when they are so old: somebody may still read them."""

_STAGED = ("ticket_images", "ticket_habits", "ticket_folds", "chat_folds")
"""Views that the others stand on, evaluated once."""


def refresh(store: Store, *, memory: str = "3GB", rebuild: bool = False) -> Cache | None:
    """Bring the cache up to the last commit and return it; None for a small ledger without one.

    Args:
        store: an open store.
        memory: what the database may use before it spills to `tmp/`.
        rebuild: fold everything from the log, whatever the cache has.
    """
    last = store.covering()[-1]
    cached = find_cache(store)
    if not rebuild:
        if cached and cached.commit == last.last:
            return cached
        if cached is None and _stored_rows(store) <= SMALL_ROWS:
            return None
    base = None if rebuild else _extensible(cached)
    made = f"{last.last:08d}-{uuid.uuid4().hex[:12]}"
    target = folder(store) / made
    with _database(store, memory) as con, reading(store):
        target.mkdir(parents=True)
        rows = _fold(con, store, target, base, number=len(base.generations) if base else 0)
    for path in target.iterdir():
        sync_file(path)
    sync_folder(target)
    generations = (*(base.generations if base else ()), made)
    counts = (*(base.rows if base else ()), rows)
    _publish(store, Cache(folder(store), last.last, generations, counts))
    return current_cache(store)


def _extensible(cached: Cache | None) -> Cache | None:
    """Return the cache unless it is time to begin anew: the later generations outgrew the first."""
    if cached is None or len(cached.generations) >= MOST_GENERATIONS:
        return None
    return cached if sum(cached.rows[1:]) <= cached.rows[0] // 5 else None


def _fold(
    con: duckdb.DuckDBPyConnection, store: Store, target: Path, base: Cache | None, number: int
) -> int:
    """Write one generation; returns how many states it holds."""
    sql = {name: statement.sql for name, statement in statements("derived").items()}
    bind_files(con, store)
    if base:
        _bind_former(con, store, base)
        con.execute(sql["touched_tickets"])
        con.execute(sql["touched_chats"])
    else:
        con.execute("CREATE TABLE touched_tickets (org_id VARCHAR, ticket_id VARCHAR)")
        con.execute("CREATE TABLE touched_chats (org_id VARCHAR, chat_id VARCHAR)")
    if base:
        _define(con, "ticket_habits", sql["ticket_events"])
        con.execute(sql["former_habits"])
        senders = statements("views")["ticket_senders"].sql
        con.execute(senders.replace("FROM ticket_habits", "FROM all_habits"))
        keep(con, "ticket_senders")
        before = _count(con, "touched_tickets")
        con.execute(sql["changed_senders"])
        if _count(con, "touched_tickets") > before:
            con.execute("DROP TABLE ticket_images")
            _define(con, "ticket_habits", sql["ticket_events"])
        _define(con, " ".join(TICKET_VIEWS), sql["ticket_events"], done={"ticket_senders"})
    else:
        _define(con, " ".join(TICKET_VIEWS), None)
    for view in TICKET_VIEWS:
        _write(con, view, target, number, "org_id, ticket_id" if view != "ticket_senders" else "1")
    rows = _count(con, "ticket_moments")
    _drop(con)
    _define(con, " ".join(CHAT_VIEWS), sql["chat_events"] if base else None)
    for view in CHAT_VIEWS:
        _write(con, view, target, number, "org_id, chat_id")
    _write(con, "touched_tickets", target, number, "ALL")
    _write(con, "touched_chats", target, number, "ALL")
    return rows


def _bind_former(con: duckdb.DuckDBPyConnection, store: Store, base: Cache) -> None:
    new = [str(file.path.absolute()) for file in store.covering() if file.first > base.commit]
    con.execute("SET VARIABLE new_files = $files", {"files": new})
    serve(con, base)
    for view, name in (("ticket_habits", "former_habits"), ("ticket_senders", "former_senders")):
        con.execute(served(view).replace(f"VIEW {view}", f"VIEW {name}"))


def _define(
    con: duckdb.DuckDBPyConnection,
    query: str,
    events: str | None,
    done: set[str] | None = None,
) -> None:
    """Define what the query names and all it stands on; the widest of it become tables."""
    present = {row[0] for row in con.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    for statement in definitions(query):
        if statement.name in present | (done or set()):
            continue
        is_log = statement.name == "ledger_events"
        con.execute(events if is_log and events else statement.sql)
        if statement.kept or statement.name in _STAGED:
            keep(con, statement.name)


def _drop(con: duckdb.DuckDBPyConnection) -> None:
    """Make room: what was staged for tickets is of no use for chats."""
    for name in ("ticket_images", "ticket_folds", "ticket_breaks", "ticket_recovered"):
        con.execute(f"DROP TABLE IF EXISTS {name}")


def _write(
    con: duckdb.DuckDBPyConnection, view: str, target: Path, number: int, order: str
) -> None:
    path = str((target / f"{view}.parquet").absolute()).replace("'", "''")
    con.execute(
        f"COPY (SELECT *, {number}::INTEGER AS generation FROM {view} ORDER BY {order}) "
        f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    rows = con.sql(f"SELECT count(*) FROM {name}").fetchall()
    return int(rows[0][0])


@contextmanager
def _database(store: Store, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection whose tables spill to the ledger's disk when they outgrow the memory."""
    spill = store.tmp / f"{uuid.uuid4().hex}.spill"
    try:
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            con.execute("SET memory_limit = $memory", {"memory": memory})
            con.execute("SET temp_directory = $folder", {"folder": str(spill)})
            con.execute("SET preserve_insertion_order = false")
            yield con
    finally:
        shutil.rmtree(spill, ignore_errors=True)


def _stored_rows(store: Store) -> int:
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file.path).num_rows for file in store.covering())


def _publish(store: Store, made: Cache) -> None:
    part = store.tmp / f"{uuid.uuid4().hex}.current"
    told = {
        "made_by": fingerprint(),
        "commit": made.commit,
        "generations": made.generations,
        "rows": made.rows,
    }
    try:
        part.write_text(json.dumps(told))
        sync_file(part)
        part.replace(made.root / "current.json")
    finally:
        part.unlink(missing_ok=True)
    for path in made.root.iterdir():
        if path.name not in (*made.generations, "current.json"):
            if path.stat().st_mtime < time() - GRACE_S:
                shutil.rmtree(path, ignore_errors=True)
