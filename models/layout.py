"""Where things are in a ledger's folder, and which commits its files cover."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import BadParameter

FORMAT: Final = 1
"""Version of the stored format; a ledger of a later one is refused."""

LEDGER = "ledger.json"
HEAD = "head.json"
EVENTS = "events"
REJECTS = "rejects"
TMP = "tmp"
CATALOG = "catalog.duckdb"
DERIVED = "derived"

INNER: Final = (LEDGER, HEAD, EVENTS, REJECTS, TMP, CATALOG, DERIVED)
"""All that a ledger's folder holds; what else is put there is somebody's own."""

_NAME = re.compile(r"(\d{8,})(?:-(\d{8,}))?\.parquet", re.ASCII)


@dataclass(frozen=True, slots=True)
class CommitFile:
    """A file of `events/` and the commits it holds, both ends included."""

    path: Path
    first: int
    last: int


def commit_name(number: int) -> str:
    """Return the file name of a single commit."""
    return f"{number:08d}.parquet"


def run_name(first: int, last: int) -> str:
    """Return the file name of a run of commits, both ends included."""
    return f"{first:08d}-{last:08d}.parquet"


def read_commit_name(path: Path) -> CommitFile | None:
    """Return what a file name of `events/` says, or None when it is no commit's name."""
    match = _NAME.fullmatch(path.name)
    if not match:
        return None
    first = int(match[1])
    last = int(match[2] or first)
    return CommitFile(path, first, last) if last >= first else None


def covering_set(files: Iterable[CommitFile]) -> list[CommitFile]:
    """Return the files that together hold every commit once, in commit order.

    Longest ranges win; what a chosen range covers is dropped.
    """
    chosen: list[CommitFile] = []
    for file in sorted(files, key=lambda f: (f.first, -f.last)):
        if not chosen or file.first > chosen[-1].last:
            chosen.append(file)
    return chosen


def first_gap(covering: Sequence[CommitFile], first: int = 0) -> int | None:
    """Return the first commit, from `first` on, that a covering set lacks; None when none is."""
    expected = first
    for file in covering:
        if file.first != expected:
            return expected
        expected = file.last + 1
    return expected if expected == first else None


def covers(larger: CommitFile, smaller: CommitFile) -> bool:
    """Whether a file holds all commits of another one, and is not that one."""
    is_within = larger.first <= smaller.first and smaller.last <= larger.last
    return is_within and larger.path != smaller.path


def is_dispensable(file: CommitFile, files: Iterable[CommitFile]) -> bool:
    """Whether the other files hold all commits of a compacted one, too."""
    parts = covering_set(each for each in files if covers(file, each))
    return first_gap(parts, file.first) is None and parts[-1].last == file.last


def superseded(names: Iterable[str], there: Iterable[str]) -> set[str]:
    """Return those paths of commits, below the root, for which others that are there stand."""
    standing = covering_set(_commits_of(there))
    firsts = [file.first for file in standing]
    found = set()
    for file in _commits_of(names):
        place = bisect_right(firsts, file.first) - 1
        if place >= 0 and covers(standing[place], file):
            found.add(file.path.as_posix())
    return found


def _commits_of(names: Iterable[str]) -> list[CommitFile]:
    """Return what paths of commits, below the root, say."""
    told = (read_commit_name(Path(name)) for name in names if name.startswith(f"{EVENTS}/"))
    return [file for file in told if file]


def refuse_ledger_files(path: Path) -> None:
    """Refuse a path for something else that is among the files of a ledger.

    Raises:
        BadParameter: it is.
    """
    path = path.resolve()
    for folder in path.parents:
        if path.relative_to(folder).parts[0] in INNER and (folder / LEDGER).is_file():
            told = f"`{path}` is among the files of the ledger `{folder}`"
            raise BadParameter(told, hint="name another place")
