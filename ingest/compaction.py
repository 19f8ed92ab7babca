"""Compaction: a run of commits in one sorted file, so that readers open fewer of them.

The file covers exactly the commits of its parts, keeps their records, and lists the parts with
their seals, so that the chain can still be checked. Its parts are removed by a later run, once they
have been superseded for a while: a reader may have them open.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import time
from typing import Any, Final

import duckdb
import pyarrow as pa

from ticketledger.models import layout
from ticketledger.models.disk import link_new, sync_file, sync_folder, workspace
from ticketledger.models.errors import BadParameter, LedgerBusy, LedgerDamaged, LedgerUnwritable
from ticketledger.models.head import acknowledged
from ticketledger.models.layout import CommitFile, read_commit_name
from ticketledger.models.seal import is_sealed, read_seal
from ticketledger.models.store import Store, read_footer

from .create import create_or_open
from .merging import merged
from .sealed import write_sealed
from .statements import statement

MOST_BYTES: Final = 512 << 20
"""No file grows beyond the size of parts that sum up to this."""

SMALL_BYTES: Final = 16 << 20
"""A file below this size is always worth merging with its neighbour."""

GRACE_S: Final = 900
"""Age of a compacted file from which on its parts are removed."""

RESTORE: Final = "restore it from a copy; `ticketledger verify` checks the rest"


@dataclass(slots=True)
class Compacted:
    """What a compaction did.

    Attributes:
        files: names of the new files, in commit order.
        merged: number of the files they stand for.
        rows: number of events in them.
        removed: number of superseded files that were removed.
        waiting: number of superseded files that were left, for readers that may have them open.
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
    max_bytes: int = MOST_BYTES,
    memory: str = "512MB",
    grace_s: float = GRACE_S,
) -> Compacted:
    """Merge the newest commits into larger files, and remove files superseded some time ago.

    Args:
        root: folder of a ledger.
        everything: merge whatever may be merged, not only what is worth it. Otherwise, from the
            newest file backwards, the next one is taken while it is small or has at most twice
            the rows taken so far; so every row is rewritten a logarithmic number of times.
        max_bytes: no run of files is longer than this.
        memory: what the database may use to sort keys before it spills to `tmp/`.
        grace_s: parts go when the file that stands for them is this old, in seconds.

    Raises:
        BadParameter: the memory is too little.
        LedgerBusy: another compaction runs.
        LedgerMissing, LedgerUnwritable, LedgerTooNew, LedgerDamaged: from the ledger; nothing that
            was there is changed.
    """
    made = Compacted()
    with _alone(root) as store:
        try:
            for run in _runs(acknowledged(store), max_bytes, everything=everything):
                made.rows += _merge(store, run, memory)
                made.files.append(layout.run_name(run[0].first, run[-1].last))
                made.merged += len(run)
            _remove_superseded(store, grace_s, made)
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
        yield store
    finally:
        os.close(lock)


def _runs(
    covering: list[CommitFile], max_bytes: int, *, everything: bool
) -> list[list[CommitFile]]:
    """Return the runs of neighbouring files to merge, oldest first; never the one without rows."""
    files = [(file, file.path.stat().st_size) for file in covering if file.first > 0]
    runs: list[list[CommitFile]] = []
    run: list[CommitFile] = []
    size, rows = 0, 0
    for file, bytes_ in reversed(files):
        count = sum(commit["rows"] for commit in read_footer(file.path)["commits"])
        worth = everything or not run or bytes_ < SMALL_BYTES or count <= 2 * rows
        if run and (size + bytes_ > max_bytes or not worth):
            runs.append(run)
            run, size, rows = [], 0, 0
            if not everything:
                break
        run.insert(0, file)
        size, rows = size + bytes_, rows + count
    runs.append(run)
    return [run for run in reversed(runs) if len(run) > 1]


def _merge(store: Store, run: Sequence[CommitFile], memory: str) -> int:
    """Write the file that stands for a run, compare it with its parts, publish it."""
    footers = []
    for file in run:
        if not is_sealed(file.path):
            raise LedgerDamaged(f"`{file.path}` is not what was written", hint=RESTORE)
        footers.append(read_footer(file.path))
    parts = [{"first": file.first, "last": file.last, "seal": read_seal(file.path)} for file in run]
    footer = {
        "format": layout.FORMAT,
        "commits": [commit for each in footers for commit in each["commits"]],
        "rejects": list(dict.fromkeys(name for each in footers for name in each["rejects"])),
        "files": [part for each in footers for part in each.get("files", [])] + parts,
    }
    paths = [file.path for file in run]
    with workspace(store.tmp) as folder, duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute("SET memory_limit = $memory", {"memory": memory})
        con.execute("SET threads = 1")  # every thread holds a row group's texts
        con.execute("SET temp_directory = $folder", {"folder": str(folder / "spill")})
        made = folder / layout.run_name(run[0].first, run[-1].last)
        try:
            write_sealed(made, merged(con, paths, folder), footer)
            content = _content(con, [made])
            is_same = content == _content(con, paths)
        except duckdb.OutOfMemoryException:
            raise BadParameter(
                f"{memory} of memory are too little to merge these files",
                hint="say more with `--memory`",
            ) from None
        except (duckdb.Error, pa.ArrowException) as exc:
            raise LedgerDamaged(f"cannot read the ledger: {exc}", hint=RESTORE) from None
        if not is_same:
            raise AssertionError(f"{made.name} does not hold the rows of its parts")
        sync_file(made)
        link_new(made, store.events / made.name)
    sync_folder(store.events)
    return sum(count for _, count, _ in content)


def _content(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[tuple[Any, ...]]:
    """Return number and hash of the rows of each commit, whatever their order."""
    con.execute("SET VARIABLE files = $files", {"files": [str(path) for path in paths]})
    return con.sql(statement("commit_contents")).fetchall()


def _remove_superseded(store: Store, grace_s: float, made: Compacted) -> None:
    """Remove parts of files that have stood for them long enough and are whole themselves."""
    covering = store.covering()
    superseded = {
        (file.first, file.last): file.path
        for path in store.events.iterdir()
        if (file := read_commit_name(path)) and file not in covering
    }
    for file in covering:
        parts = [
            (superseded[key], part["seal"])
            for part in read_footer(file.path).get("files", [])
            if (key := (part["first"], part["last"])) in superseded
        ]
        if not parts:
            continue
        if time() - file.path.stat().st_mtime < grace_s:
            made.waiting += len(parts)
            continue
        if not is_sealed(file.path):
            raise LedgerDamaged(f"`{file.path}` is not what was written", hint=RESTORE)
        for path, seal in parts:
            if read_seal(path) == seal:
                path.unlink()
                made.removed += 1
    sync_folder(store.events)
