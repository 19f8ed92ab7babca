"""What the store has already, looked up without reading it all: files by their span of time.

Files never change once they are published, so what was read of one is remembered for the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ticketledger.models.instants import parse_instant
from ticketledger.models.layout import CommitFile
from ticketledger.models.reach import version_of
from ticketledger.models.store import Store, read_footer

from .reject_files import reading_rejects

Span = tuple[datetime, datetime]


def span_of(rows: pa.Table) -> Span | None:
    """Return the first and last instant of rows that are events; None when there are none."""
    ends = pc.min_max(rows["event_at"].filter(rows["event_id"].is_valid())).as_py()
    return (ends["min"], ends["max"]) if ends["min"] is not None else None


def overlapping(files: Iterable[CommitFile], span: Span | None) -> list[Path]:
    """Return the files that may hold an event of a span of time; the one without rows always."""
    return [file.path for file in files if file.last == 0 or _overlaps(file.path, span)]


def stored_reject_ids(store: Store, files: Iterable[CommitFile]) -> set[str]:
    """Return the ids of all rejects the commits refer to."""
    names = {name for file in files for name in footer_of(file.path)["rejects"]}
    ids: set[str] = set()
    for name in sorted(names):
        ids |= _reject_ids(store.rejects / name)
    return ids


def footer_of(path: Path) -> dict[str, Any]:
    """Return the commits' record of a file, read once.

    Raises:
        LedgerDamaged: no Parquet file, or without the record.
    """
    return _footer(path, *version_of(path))


@lru_cache(maxsize=100_000)
def _footer(path: Path, *version: object) -> dict[str, Any]:
    return read_footer(path)


@lru_cache(maxsize=100_000)
def _reject_ids(path: Path) -> frozenset[str]:
    with reading_rejects(path), pq.ParquetFile(path) as file:
        ids = file.read(["reject_id"], use_threads=False).column(0)
    return frozenset(ids.to_pylist())


def _overlaps(path: Path, span: Span | None) -> bool:
    if span is None:
        return False
    for commit in footer_of(path)["commits"]:
        if "span" not in commit:
            return True
        since, until = (parse_instant(text) for text in commit["span"] or (None, None))
        if since and until and since <= span[1] and span[0] <= until:
            return True
    return False
