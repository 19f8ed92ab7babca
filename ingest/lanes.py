"""Which lane a record takes: plain lines the fast one, all else the explain lane.

The outcome does not depend on the lane. A line the fast lane takes is a complete envelope at the
start of a line, and such a line is a record whatever stands around it, unless an outer array is
open or a document that may go on with an object. So as soon as one of these could be, or a record
may be too large or goes on and on, the rest of the stream goes through the explain lane.

Units are read ahead and go through the fast lane side by side, one a core; what comes of them is
looked at in the order read.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Final

from ticketledger.models.rejection import Code

from . import feed as feed_module
from .accounts import Part
from .batch import Batch
from .explain import Accepted, Limits, explain
from .fast import FastLane, Taken
from .feed import Feed, Segment, Stream, Unit, line_count
from .lines import Lines, Run
from .records import Ending, ending, records
from .window import Record

Ahead = tuple[Unit, Future[list[Taken]]]

WORTH_BYTES: Final = 1 << 18
"""Less than this is read sooner without a fast lane than one is set up."""

CORES: Final = max(1, min(4, os.cpu_count() or 1))
"""So many blocks are read side by side unless the caller says."""

_CHUNK: Final = 1 << 20
_STEP_RECORDS: Final = 2_000


@dataclass(slots=True)
class Lanes:
    """Takes streams apart into rows and rejects, and counts every record once."""

    limits: Limits
    observed_at: datetime | None
    memory: str = "512MB"
    cores: int = CORES
    parts: list[Part] = field(default_factory=list)
    batch: Batch = field(default_factory=Batch)
    _waiting: list[Accepted] = field(default_factory=list)

    def steps(self, feed: Feed) -> Generator[int, None, None]:
        """Take everything; yields the size of each step, between which a commit may be cut."""
        with (
            closing(feed),
            closing(_Pool(self.limits, self.memory, self.cores)) as pool,
        ):
            ahead: deque[Ahead] = deque()
            while True:
                while len(ahead) < self.cores and (unit := feed.next()):
                    ahead.append((unit, pool.submit(unit)))
                if not ahead:
                    return
                unit, future = ahead.popleft()
                for segment, taken in zip(unit.segments, future.result(), strict=True):
                    yield from self._segment(segment, taken, feed, ahead)

    def cut(self) -> tuple[list[Part], Batch]:
        """Return what there is for a commit, and begin anew with the source that goes on."""
        done = self.parts, self.batch
        last = self.parts[-1]
        self.parts, self.batch = [] if last.sha256 else [last.rest()], Batch()
        return done

    def _segment(
        self, segment: Segment, taken: Taken, feed: Feed, ahead: deque[Ahead]
    ) -> Iterator[int]:
        stream, body = segment.stream, segment.raw
        if not self.parts or self.parts[-1].stream is not stream:
            self.parts.append(Part(stream.source.name, stream=stream))
        is_last = stream.at_end and not any(unit.holds(stream) for unit, _ in ahead)
        number = len(self.parts) - 1
        for piece in taken.pieces:
            self.batch.add(number, piece)
        following = segment.after
        self._count(following - segment.line - sum(line_count(run.raw) for run in taken.runs))
        resumed = segment.line
        for whole in taken.runs:
            run = _from_line(whole, resumed)
            if not run.raw:
                continue
            ends = ending(run.raw)
            is_open = run.line + line_count(run.raw) == following and not is_last
            goes_on = is_open and ends is not Ending.CLOSED
            leaves = self._leaves_lines(run.raw) or (
                goes_on and len(run.raw) > feed_module.BLOCK_BYTES // 2
            )
            tail = b""
            if leaves or (not is_open and ends is Ending.OPEN_FOR_AN_OBJECT):
                tail = Lines.of(body, segment.line).from_line(run.line)
            if tail and not leaves:
                resumed = self._explain_document(tail, run) or following
                if resumed < following:
                    self._count_out(taken.runs, run.line, resumed)
                    self.batch.leave_out(number, run.line, resumed)
                    continue
            if tail:
                self._count_out(taken.runs, run.line, following)
                self.batch.leave_out(number, run.line, following)
                _go_back(feed, ahead, stream)
                yield from self._explain_all(chain([tail], stream.rest()), run.line)
                feed.skip(stream)
                is_last = True
                break
            if goes_on:
                _go_back(feed, ahead, stream)
                stream.give_back(run.raw, run.line)
            else:
                self._explain(records([run.raw], self.limits.max_bytes, run.line))
        if is_last and stream.damage:
            record = Record(stream.line, b"", Code.CORRUPT_COMPRESSION, stream.damage)
            self._explain([record])
        self._flush()
        if is_last:
            self.parts[-1].finish()
        yield len(body)

    def _count(self, lines: int) -> None:
        self.parts[-1].lines += lines

    def _count_out(self, runs: list[Run], first: int, after: int) -> None:
        """Take back the count of lines that the fast lane took: they are read once more."""
        ends = [(run.line, run.line + line_count(run.raw)) for run in runs]
        left = sum(max(0, min(end, after) - max(begin, first)) for begin, end in ends)
        self._count(left - (after - first))

    def _explain_document(self, tail: bytes, run: Run) -> int | None:
        """Explain a document that is open at the end of a run; return the line after it.

        None, and nothing is explained, if it does not end within these lines.
        """
        chunks = (tail[at : at + _CHUNK] for at in range(0, len(tail), _CHUNK))
        after = run.line + line_count(run.raw)
        found: list[Record] = []
        for record in records(chunks, self.limits.max_bytes, run.line):
            if record.line >= after:
                self._explain(found)
                return record.line
            found.append(record)
        return None

    def _leaves_lines(self, raw: bytes) -> bool:
        return any(
            len(line) > self.limits.max_bytes or line.lstrip(b" \t\r").startswith(b"[")
            for line in raw.split(b"\n")
        )

    def _explain_all(self, blocks: Iterable[bytes], line: int) -> Iterator[int]:
        batch: list[Record] = []
        for record in records(blocks, self.limits.max_bytes, line):
            batch.append(record)
            if len(batch) >= _STEP_RECORDS:
                self._explain(batch)
                self._flush()
                yield sum(len(record.raw) for record in batch)
                batch = []
        self._explain(batch)

    def _explain(self, found: Iterable[Record]) -> None:
        part = self.parts[-1]
        for record in found:
            if not record.raw and record.fault is None:
                part.lines += 1
                part.blank += 1
                continue
            for result in explain(record, self.limits, self.observed_at):
                part.lines += 1
                if isinstance(result, Accepted):
                    self._waiting.append(result)
                    continue
                part.rejects.append(result)

    def _flush(self) -> None:
        """Hand over what the explain lane accepted: many rows at once, for each time costs."""
        self.batch.add_explained(len(self.parts) - 1, self._waiting)
        self._waiting = []


class _Pool:
    """A fast lane for each core; a unit goes through whichever is free."""

    def __init__(self, limits: Limits, memory: str, cores: int) -> None:
        self._limits = limits
        self._memory = memory
        self._workers = ThreadPoolExecutor(cores, "fast-lane")
        self._made: list[FastLane] = []
        self._free: SimpleQueue[FastLane] = SimpleQueue()

    def submit(self, unit: Unit) -> Future[list[Taken]]:
        """Begin to read a unit."""
        if unit.size < WORTH_BYTES:
            left: Future[list[Taken]] = Future()
            left.set_result([_untouched(segment) for segment in unit.segments])
            return left
        return self._workers.submit(self._read, unit)

    def close(self) -> None:
        """Drop what was not begun, and give back the memory."""
        self._workers.shutdown(cancel_futures=True)
        for lane in self._made:
            lane.close()

    def _read(self, unit: Unit) -> list[Taken]:
        try:
            lane = self._free.get_nowait()
        except Empty:
            lane = FastLane(self._limits, self._memory)
            self._made.append(lane)
        try:
            return lane.read(unit)
        finally:
            self._free.put(lane)


def _untouched(segment: Segment) -> Taken:
    return Taken([], [Run(segment.line, bytes(segment.raw))] if segment.raw else [])


def _from_line(run: Run, line: int) -> Run:
    """Return a run without what stands before a line."""
    if run.line >= line:
        return run
    return Run(line, run.raw.split(b"\n", line - run.line)[-1])


def _go_back(feed: Feed, ahead: deque[Ahead], stream: Stream) -> None:
    """Forget what was read ahead: the stream goes on elsewhere than was thought."""
    feed.go_back([unit for unit, _ in ahead], stream)
    for _, future in ahead:
        future.cancel()
    ahead.clear()
