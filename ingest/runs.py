"""Which neighbouring files are merged: in a folder what is worth it, in a bucket what is safe.

Two compactions of a folder never run at once. In a bucket they may: there a run holds 2^k commits
from a multiple of 2^k on, counted from the first commit. So of two runs one is within the other, or
they are apart, whoever made them and when, and there are never two files of which each holds
something that the other lacks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from ticketledger.models.layout import CommitFile
from ticketledger.models.reach import size_of
from ticketledger.models.store import read_footer

MOST_BYTES: Final = 512 << 20
"""No file grows beyond the size of parts that sum up to this."""

SMALL_BYTES: Final = 16 << 20
"""A file below this size is always worth merging with its neighbour."""

OBJECT_BYTES: Final = 32 << 20
"""The same in a bucket, where a file is one task of a cluster: some 250,000 events."""


@dataclass(frozen=True, slots=True)
class Sized:
    """A file of `events/`, how long it is, and the number of its rows."""

    file: CommitFile
    size_bytes: int
    rows: int


def runs_of(files: Sequence[Sized], max_bytes: int, *, everything: bool) -> list[list[Sized]]:
    """Return the runs of neighbouring files to merge, oldest first.

    Args:
        files: in commit order.
        max_bytes, everything: as in `compact`.
    """
    runs: list[list[Sized]] = [[]]
    size, rows = 0, 0
    for file in reversed(files):
        worth = everything or file.size_bytes < SMALL_BYTES or file.rows <= 2 * rows
        if runs[-1] and (size + file.size_bytes > max_bytes or not worth):
            runs.append([])
            size, rows = 0, 0
        runs[-1].insert(0, file)
        size, rows = size + file.size_bytes, rows + file.rows
    return [run for run in reversed(runs) if len(run) > 1]


def sized(file: CommitFile) -> Sized:
    """Return a file with its length and the number of its rows.

    Raises:
        OSError: there is none.
        LedgerDamaged, LedgerUnreachable: from the ledger.
    """
    rows = sum(commit["rows"] for commit in read_footer(file.path)["commits"])
    return Sized(file, size_of(file.path), rows)


def aligned_runs(files: Sequence[Sized], max_bytes: int) -> list[list[Sized]]:
    """Return the runs of neighbouring files to merge, oldest first: each as long as it may be.

    Args:
        files: in commit order, from the first commit on; any runs, also of other boundaries.
        max_bytes: no run is longer than this.
    """
    ends = {each.file.last: place + 1 for place, each in enumerate(files)}
    sums = [0, *accumulate(each.size_bytes for each in files)]
    runs: list[list[Sized]] = []
    place = 0
    while place < len(files):
        end = place + 1
        before = files[place].file.first - 1
        length = 1
        while before % (2 * length) == 0 and before + length < files[-1].file.last:
            length *= 2
            until = ends.get(before + length)
            if until and sums[until] - sums[place] <= max_bytes:
                end = until
        if end - place > 1:
            runs.append(list(files[place:end]))
        place = end
    return runs
