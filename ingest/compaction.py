"""Compaction: a run of commits in one sorted file, so that readers open fewer of them.

The file covers exactly the commits of its parts, keeps their records, and lists the parts with
their seals, so that the chain can still be checked. What it replaces is removed once readers had
time to let go of it (`superseded.py`).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa

from ticketledger.models import layout
from ticketledger.models.disk import sync_file, sync_folder, workspace
from ticketledger.models.errors import BadParameter, LedgerBusy, LedgerDamaged, LedgerUnwritable
from ticketledger.models.head import acknowledged
from ticketledger.models.layout import CommitFile
from ticketledger.models.place import Folder
from ticketledger.models.quiet import quiet
from ticketledger.models.seal import read_seal
from ticketledger.models.store import Store, read_footer

from .bringing import RESTORE_AND_VERIFY, brought, check_seal
from .create import create_or_open
from .leftovers import sweep_rejects
from .merging import merged
from .reject_files import keep_rejects, merge_rejects
from .runs import MOST_BYTES, OBJECT_BYTES, aligned_runs, runs_of, sized
from .sealed import write_sealed
from .statements import statement
from .superseded import removable, remove
from .verification import verify_quickly

GRACE_S: Final = 900
"""Age of a compacted file from which on its parts are removed."""

GRACE_AWAY_S: Final = 86_400
"""The same in a bucket, where who reads is on another machine, and may be a cluster."""


@dataclass(slots=True)
class Compacted:
    """What a compaction did.

    Attributes:
        files: names of the new files, in commit order.
        merged: number of the files they stand for.
        rows: number of events in them.
        removed: number of replaced files that were removed.
        waiting: number of replaced files that were left, for readers that may have them open.
    """

    files: list[str] = field(default_factory=list)
    merged: int = 0
    rows: int = 0
    removed: int = 0
    waiting: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as plain values, for JSON."""
        return asdict(self)


def compact(
    root: Path,
    *,
    everything: bool = False,
    max_bytes: int | None = None,
    memory: str = "512MB",
    grace_s: float | None = None,
    renew: Callable[[Store], None] = lambda store: None,
    progress: Callable[[int, int], None] = lambda done, whole: None,
) -> Compacted:
    """Merge neighbouring commits into larger files, and remove files replaced some time ago.

    Args:
        root: folder of a ledger.
        everything: merge whatever may be merged, not only what is worth it. Otherwise, from the
            newest file backwards, the next one is taken while it is small or has at most twice
            the rows taken so far; so every row is rewritten a logarithmic number of times.
            In a bucket whatever may be is merged in any case (`aligned_runs`).
        max_bytes: no run of files is longer than this; None: `MOST_BYTES`, in a bucket
            `OBJECT_BYTES`.
        memory: what the database may use to sort keys before it spills to `tmp/`.
        grace_s: files go when the one that replaced them is this old, in seconds; None: `GRACE_S`,
            in a bucket `GRACE_AWAY_S`.
        renew: brings up to date whatever names files by itself; called before any is removed.
        progress: told how many events of how many were written.

    Raises:
        BadParameter: the memory is too little, or no amount of memory; a number is below zero.
        LedgerBusy: another compaction runs.
        LedgerMissing, LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger; nothing that
            was there is changed.
    """
    for what, number in (("max_bytes", max_bytes), ("grace_s", grace_s)):
        if number is not None and number < 0:
            raise BadParameter(f"`{number}` is too little for `{what}`", hint="0 or more")
    made = Compacted()
    with _alone(root) as store:
        with _database(memory, store.tmp):
            pass  # a wrong amount is told even if there is nothing to merge
        verify_quickly(store)
        try:
            files = list(map(sized, acknowledged(store)[1:]))  # the one without rows stays
            if isinstance(store.place, Folder):
                runs = runs_of(files, max_bytes or MOST_BYTES, everything=everything)
                grace_s = GRACE_S if grace_s is None else grace_s
            else:
                runs = aligned_runs(files, max_bytes or OBJECT_BYTES)
                grace_s = GRACE_AWAY_S if grace_s is None else grace_s
            parts = [part for run in runs for part in run]
            for path in (part.file.path for part in parts if part.file.path.is_file()):
                check_seal(path)
            _remove_replaced(store, grace_s, renew, made)  # first: it may make the room
            told = _Told(sum(part.rows for part in parts), progress)
            for run in runs:
                name = _merge(store, [part.file for part in run], memory, told)
                if name:
                    made.files.append(name)
                    made.merged += len(run)
                    made.rows += sum(part.rows for part in run)
            renew(store)
            _remove_replaced(store, grace_s, renew, made)
        except OSError as exc:
            raise LedgerUnwritable(
                f"cannot write `{store.root}`: {exc.strerror or exc}",
                hint="nothing was lost; run the same command again",
            ) from None
    return made


@contextmanager
def _alone(root: Path) -> Iterator[Store]:
    """Yield the store, with a lock that only compactions take; it ends with the process."""
    store = create_or_open(root, is_new=False)
    lock = os.open(root / layout.LEDGER, os.O_RDONLY)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LedgerBusy(
                f"another compaction of `{root}` is running", hint="try again when it is done"
            ) from None
        except OSError as exc:
            raise LedgerUnwritable(
                f"cannot lock `{root / layout.LEDGER}`: {exc.strerror}",
                hint="compact it where the file system has locks",
            ) from None
        yield store
    finally:
        os.close(lock)


@dataclass(slots=True)
class _Told:
    """Counts rows on their way through."""

    whole: int
    progress: Callable[[int, int], None]
    done: int = 0

    def passed(self, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
        for table in tables:
            yield table
            self.done += len(table)
            self.progress(self.done, self.whole)


def _merge(store: Store, run: Sequence[CommitFile], memory: str, told: _Told) -> str | None:
    """Write the file that stands for a run, compare it with its parts, publish it.

    Returns its name; None when another compaction of the same bucket was first.
    """
    with workspace(store.tmp) as folder, _database(memory, folder / "spill") as con:
        paths = [brought(file.path, folder) for file in run]
        footer = _footer(con, store, run, folder)
        made = folder / layout.run_name(run[0].first, run[-1].last)
        write_sealed(made, told.passed(merged(con, paths, folder)), footer)
        if _content(con, [made]) != _content(con, paths):
            raise AssertionError(f"{made.name} does not hold the rows of its parts")
        os.utime(made)  # the time readers have begins now
        sync_file(made)
        published = store.place.create(made, store.events / made.name)
        for name in footer["rejects"] if published else ():
            keep_rejects(store, name)
    sync_folder(store.events)
    return made.name if published else None


def _footer(
    con: duckdb.DuckDBPyConnection, store: Store, run: Sequence[CommitFile], folder: Path
) -> dict[str, Any]:
    """Return the record of a run; its rejects are in one file from now on."""
    footers = [read_footer(file.path) for file in run]
    names = list(dict.fromkeys(name for each in footers for name in each["rejects"]))
    if len(names) > 1:
        name = merge_rejects(store, names, folder)
        parts = [store.rejects / each for each in names]
        if _content(con, [store.rejects / name]) != _content(con, parts):
            raise AssertionError(f"rejects/{name} does not hold the rows of its parts")
        names = [name]
    parts_of_parts = [part for each in footers for part in each.get("files", [])]
    return {
        "format": layout.FORMAT,
        "commits": [commit for each in footers for commit in each["commits"]],
        "rejects": names,
        "files": parts_of_parts
        + [{"first": file.first, "last": file.last, "seal": read_seal(file.path)} for file in run],
    }


@contextmanager
def _database(memory: str, spill: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection with bounded memory; its errors become ours."""
    with quiet(duckdb.connect()) as con:
        try:
            con.execute("SET memory_limit = $memory", {"memory": memory})
        except duckdb.Error:
            raise BadParameter(
                f"`{memory}` is no amount of memory", hint="as `512MB` or `2GB`"
            ) from None
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET threads = 1")  # every thread holds a row group's texts
        con.execute("SET temp_directory = $folder", {"folder": str(spill)})
        try:
            yield con
        except duckdb.OutOfMemoryException:
            raise BadParameter(
                f"{memory} of memory are too little to merge these files",
                hint="say more with `--memory`",
            ) from None
        except (duckdb.Error, pa.ArrowException) as exc:
            if str(spill.parent) in str(exc):
                raise LedgerUnwritable(
                    f"cannot write `{spill.parent}`: {exc}", hint="is the disk full?"
                ) from None
            raise LedgerDamaged(f"cannot read the ledger: {exc}", hint=RESTORE_AND_VERIFY) from None


def _content(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[tuple[Any, ...]]:
    """Return number and hash of the rows of each commit, whatever their order."""
    con.execute("SET VARIABLE files = $files", {"files": [str(path) for path in paths]})
    return con.sql(statement("commit_contents")).fetchall()


def _remove_replaced(
    store: Store, grace_s: float, renew: Callable[[Store], None], made: Compacted
) -> None:
    """Remove what was replaced long enough ago, after nothing names it any more."""
    ripe, made.waiting = removable(store, grace_s)
    if ripe:
        renew(store)
        made.removed += remove(store, ripe)
    sweep_rejects(store)
