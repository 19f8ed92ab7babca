"""What tasks do with sources: both lanes over some files, and what the driver makes of it."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pyarrow as pa

from ticketledger import __version__
from ticketledger.ingest.accounts import Part
from ticketledger.ingest.batch import Batch, staged_schema
from ticketledger.ingest.explain import Limits
from ticketledger.ingest.load import COMMIT_BYTES, COMMIT_ROWS, Cut, Request, cuts
from ticketledger.ingest.sources import Found, Source
from ticketledger.models.errors import UnreadableInput

from .duplicates import left_out
from .packets import PACKET_BYTES, decoded, packed, packet

_OBJECT_BYTES: Final = 4 << 20  # what is taken for the size of an object, which is not asked

Group = tuple[Source, ...]
Told = tuple[list[Part], pa.Table]
"""The parts of a commit, and their rows."""


def grouped(sources: Iterable[Source]) -> list[Group]:
    """Return neighbouring sources that are together as large as a commit, in their order.

    Raises:
        UnreadableInput: a source vanished since it was found.
    """
    groups: list[Group] = []
    size = COMMIT_BYTES
    for source in sources:
        if size >= COMMIT_BYTES:
            groups.append(())
            size = 0
        path = source.path.absolute() if source.path else None  # tasks run elsewhere
        groups[-1] += (replace(source, path=path),)
        size += _size(source.name, path) if path else _OBJECT_BYTES
    return groups


def _size(name: str, path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as exc:
        raise UnreadableInput(f"cannot read `{name}`: {exc.strerror}") from None


def take(
    limits: Limits,
    observed_at: datetime | None,
    memory: str,
    given: Iterable[Group],
) -> Iterator[pa.RecordBatch]:
    """Yield packets of rows, and after those of a commit one of its parts, group by group.

    What goes into one commit has one number, from 0 in each task.
    """
    for group in given:
        request = Request(Found([], []), __version__, observed_at, limits, memory)
        made = cuts(group, request, lambda size, lines: None, cores=1)
        for number, (parts, batch) in enumerate(made):
            rows = batch.rows()
            yield from packed("rows", rows.filter(rows["event_id"].is_valid()), number)
            bare = [replace(part, stream=None) for part in parts]
            told = pickle.dumps(bare)  # rejects are in it
            ends = range(PACKET_BYTES, len(told) + PACKET_BYTES, PACKET_BYTES)
            for end in ends:
                name = "parts" if end >= len(told) else "some"
                yield packet(name, told[end - PACKET_BYTES : end], number)


def taken(packets: Iterable[tuple[str, bytes]]) -> Iterator[Told]:
    """Yield what `take` yielded, put together again."""
    rows: list[pa.Table] = []
    known: Counter[int] = Counter()
    some = b""
    for name, content in packets:
        if name == "rows":
            rows.append(decoded(content))
            known.update(left_out(rows[-1]))
            continue
        some += content
        if name == "some":
            continue
        parts: list[Part] = pickle.loads(some)  # as Spark itself sends things
        for place, count in known.items():
            parts[place].known = count
        yield parts, pa.concat_tables([staged_schema().empty_table(), *rows])
        rows, known, some = [], Counter(), b""


def commits(told: Iterable[Told]) -> Iterator[Cut]:
    """Yield what goes into one commit each: as much as fits of what came, in its order."""
    parts: list[Part] = []
    batch, lines, size = Batch(), 0, 0
    for more, rows in told:
        count = sum(part.lines for part in more)
        is_full = lines + count > COMMIT_ROWS or size + rows.nbytes > COMMIT_BYTES
        if parts and (is_full or more[0].source == parts[-1].source):
            yield parts, batch
            parts, batch, lines, size = [], Batch(), 0, 0
        batch.append(rows, len(parts))
        parts += more
        lines += count
        size += rows.nbytes
    if parts:
        yield parts, batch
