"""Making the cache in `derived/`: from nothing, or of what commits since the last time touched."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from time import time

import duckdb

from ticketledger.models.disk import file_sha256, sweep, sync_file, sync_folder, workspace
from ticketledger.models.memory import is_usual
from ticketledger.models.quiet import quiet
from ticketledger.models.store import Store, refuse_newer

from .failures import making, reading
from .folding import fold
from .generations import (
    CURRENT,
    GRACE_S,
    SERVED,
    Cache,
    current_cache,
    find_cache,
    folder,
    hash_files,
    read_told,
    serve,
    served,
    write_current,
)
from .kept_folders import folders_of, kept_hashes
from .session import limit_memory
from .statement import statements

_GENERATION = "[0-9]" * 8 + "-" + "[0-9a-f]" * 12
"""What its name looks like, to `glob`."""

MOST_GENERATIONS = 12


def refresh(
    store: Store,
    *,
    memory: str = "3GB",
    rebuild: bool = False,
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> None:
    """Bring the cache up to the last commit.

    Args:
        store: an open store.
        memory: what the database may use before it spills to `tmp/`.
        rebuild: fold everything from the log, whatever the cache has.
        progress: told after each step how many of how many are done.

    Raises:
        BadParameter: the memory is too little, or no amount of memory.
        LedgerUnwritable, LedgerDamaged: as `making`.
        LedgerTooNew: a later version committed.
    """
    sweep(store.tmp)
    cached = find_cache(store)
    files = store.covering()  # after it: a cache of later commits is of some that are gone
    refuse_newer(files)
    last = files[-1]
    if cached and cached.commit == last.last and not rebuild:
        if not is_usual(memory):
            with quiet(duckdb.connect()) as con:  # a wrong amount is told all the same
                limit_memory(con, memory, store.tmp)
        return
    is_whole = rebuild or (cached is not None and cached.commit > last.last)
    base = None if is_whole else _extensible(cached)
    name = f"{last.last:08d}-{uuid.uuid4().hex[:12]}"
    target = folder(store) / name
    with making(store):
        with _removed_if_unfinished(target):
            with _database(store, memory) as con:
                made = fold(con, files, target, base, progress)
            for path in target.iterdir():
                sync_file(path)
            sync_folder(target)
            hashes = {**(base.hashes if base else {}), **hash_files(target)}
        for old in _replaced(cached, made) if cached else ():
            with suppress(FileNotFoundError):  # somebody removed it
                os.utime(old)  # now its time begins
        write_current(store, replace(made, hashes=hashes))
        _remove_old(made)


def _replaced(cached: Cache, made: Cache) -> Iterator[Path]:
    """Yield the folders that a new cache puts out of use: generations, and answers of the last."""
    for name in set(cached.generations) - set(made.generations):
        yield cached.root / name
    yield from folders_of(cached.root, cached.generations[-1])


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
            rebuilt = fold(con, files, made / "rebuilt", None)
        with quiet(duckdb.connect()) as con, reading(store):
            con.execute("SET TimeZone = 'UTC'")
            return sorted(
                view
                for view in SERVED
                if _content(con, cached, view) != _content(con, rebuilt, view)
            )


def damaged_files(store: Store) -> list[Path]:
    """Read all of `derived/`; returns its files that are missing or not as they were written."""
    root = folder(store)
    try:
        current = read_told(root / CURRENT)
        hashes: dict[str, str] = current["hashes"]
        generation: str = current["generations"][-1]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return [root / CURRENT]
    told = (hashes | kept_hashes(root, generation)).items()
    return [root / name for name, sha256 in told if _hash_of(root / name) != sha256]


def _hash_of(path: Path) -> str | None:
    try:
        return file_sha256(path)
    except OSError:
        return None


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


@contextmanager
def _database(store: Store, memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection whose tables spill to the ledger's disk when they outgrow the memory."""
    with workspace(store.tmp) as spill, quiet(duckdb.connect()) as con:
        con.execute("SET TimeZone = 'UTC'")
        limit_memory(con, memory, spill)
        con.execute("SET preserve_insertion_order = false")
        yield con


def _remove_old(made: Cache) -> None:
    """Remove what is out of use, of what caches are made of: others' folders stay."""
    answers = {path.name for path in folders_of(made.root, made.generations[-1])}
    for path in made.root.glob(f"{_GENERATION}*"):
        is_named = path.name in (*made.generations, *answers)
        with suppress(FileNotFoundError):  # another refresh came first
            if not is_named and path.stat().st_mtime < time() - GRACE_S:
                shutil.rmtree(path, ignore_errors=True)
