"""Answers that are kept: the rows of dear views, beside the cache, for who asks the same again.

A view that is `dear` takes long to make of a large ledger. What it says hangs on the cache, on the
settings and on `as_of`, so its rows are kept in `derived/` under a name that is made of all that:
who asks again reads them. They go when the cache takes in later commits.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from time import time

import duckdb

from ticketledger.models.disk import file_sha256, locked, sync_file, sync_folder, workspace
from ticketledger.models.instants import microseconds
from ticketledger.models.store import Store

from .generations import GRACE_S, Cache, write_told
from .kept_folders import TOLD, files_in, folders_of, used
from .settings import Settings, uses_calendars, uses_policies
from .statement import definitions, statements

KEPT_FROM = 20_000
"""Ticket states and messages of a ledger whose answers are kept; a smaller one is quick anyway."""

MOST_SETTINGS = 6
"""So many answers of one view are kept, those asked last: of other settings or instants."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered of one cache, with one session's settings, as of one instant.

    Attributes:
        root: the folder of the cache.
        tmp: a folder on the same disk.
        generation: the last one of the cache.
        as_of_us: the instant, in microseconds.
        hashes: what tells the session's settings apart.
        simpler: what defines views that need no tables with these settings.
        is_wanted: an answer that cannot be kept is an error.
    """

    root: Path
    tmp: Path
    generation: str
    as_of_us: int
    hashes: Mapping[str, str]
    simpler: Mapping[str, str]
    is_wanted: bool

    def serve(self, con: duckdb.DuckDBPyConnection, query: str) -> dict[str, str]:
        """Bind the files of what is kept for a query; returns by name what defines these views."""
        found = {}
        there = {path.name.split(".")[1] for path in folders_of(self.root, self.generation)}
        named = {each.name for each in definitions(query)}
        for view in dear() & there & named:
            if files := used(self._of_view(view)):
                found[view] = made_of(con, view, files)
        return found

    def keep_files(self, files_of: Mapping[str, Sequence[str]]) -> None:
        """Keep the rows of views that were written to files."""
        for view, files in files_of.items():
            self.keep(self._of_view(view), partial(_copy, files))

    def keep_tables(self, con: duckdb.DuckDBPyConnection, views: Iterable[str]) -> None:
        """Keep the rows of views that a session has made tables of."""
        for view in views:
            self.keep(self._of_view(view), partial(_write_whole, con, view))

    def folder(self, name: str, query: str, parts: Sequence[object] = ()) -> Path:
        """Return where an answer is, or would be.

        Args:
            name: what it is called.
            query: the SQL that asks for it.
            parts: what else it hangs on, as JSON.
        """
        made = sorted(self.simpler.get(each.name, each.sql) for each in definitions(query))
        hashes = dict(self.hashes)
        if not uses_policies(query):
            hashes.pop("sla", None)
        if not uses_calendars(query):
            hashes.pop("calendar", None)
        key = [duckdb.__version__, self.as_of_us, sorted(hashes.items()), made, *parts]
        digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
        return self.root / f"{self.generation}.{name}.{digest[:16]}"

    def _of_view(self, view: str) -> Path:
        return self.folder(view, view)

    def keep(self, kept_in: Path, write: Callable[[Path], None]) -> None:
        """Keep what is written to a folder; where there is no room or no right to, it may fail.

        Args:
            kept_in: what `folder` says.
            write: is given an empty folder.
        """
        may_fail = () if self.is_wanted else (OSError, duckdb.IOException)
        with suppress(*may_fail), workspace(self.tmp) as made:
            folder = made / kept_in.name
            folder.mkdir()
            write(folder)
            told = {}
            for path in sorted(folder.iterdir()):
                sync_file(path)
                told[path.name] = {"bytes": path.stat().st_size, "sha256": file_sha256(path)}
            write_told(folder / TOLD, told, self.tmp)
            sync_folder(folder)
            with locked(self.root):
                if not files_in(kept_in):  # else another process has kept it meanwhile
                    shutil.rmtree(kept_in, ignore_errors=True)  # may be there in part
                    folder.rename(kept_in)
            sync_folder(self.root)
            self._forget_others(kept_in)

    def _forget_others(self, kept_in: Path) -> None:
        """Remove the oldest answers of a name if there are too many."""
        with suppress(FileNotFoundError):  # somebody else removed one
            kept = list(folders_of(self.root, self.generation, kept_in.name.split(".")[1]))
            kept.sort(key=lambda path: path.stat().st_mtime, reverse=True)
            for path in kept[MOST_SETTINGS:]:
                if path.stat().st_mtime < time() - GRACE_S:  # a reader may have it open
                    shutil.rmtree(path, ignore_errors=True)


def answers_of(
    store: Store,
    cached: Cache | None,
    settings: Settings,
    as_of: datetime | None,
    *,
    is_wanted: bool = False,
) -> Answers | None:
    """Return where the answers of a session are kept; None if it is quick without, or has no cache.

    Args:
        store: an open store.
        cached: the cache that answers.
        settings: of the session.
        as_of: of the session; None: the last event.
        is_wanted: an answer that cannot be kept is an error.
    """
    if cached is None or sum(cached.rows) < KEPT_FROM:
        return None
    instant = cached.last_event_us if as_of is None else microseconds(as_of)
    return Answers(
        cached.root,
        store.tmp,
        cached.generations[-1],
        instant,
        settings.hashes(),
        settings.simpler(),
        is_wanted,
    )


def dear() -> frozenset[str]:
    """Return the views whose answers are kept."""
    views = statements("views").items()
    return frozenset(name for name, view in views if view.dear or view.by_ticket)


def _copy(files: Sequence[str], folder: Path) -> None:
    for number, file in enumerate(files):
        shutil.copyfile(file, folder / f"{number}.parquet")


def _write_whole(con: duckdb.DuckDBPyConnection, view: str, folder: Path) -> None:
    write_view(con, view, folder / "0.parquet")


def write_view(con: duckdb.DuckDBPyConnection, view: str, path: Path) -> None:
    """Write the rows of a view to a file."""
    target = str(path).replace("'", "''")
    con.execute(f"COPY (FROM {view}) TO '{target}' (FORMAT parquet)")


def made_of(con: duckdb.DuckDBPyConnection, view: str, files: Sequence[str]) -> str:
    """Bind the files that a view was written to; returns what defines it so."""
    con.execute(f"SET VARIABLE ranged_{view} = $files", {"files": list(files)})
    return statements("derived")["ranged"].sql.replace("{view}", view)
