"""Which lane a record takes: blocks of plain lines the fast one, all else the explain lane.

The outcome does not depend on the lane. A line the fast lane takes is a complete envelope at the
start of a line, and such a line is a record whatever stands around it, unless an outer array is
open or a document that may go on with an object. So as soon as one of these could be, or a record
may be too large or goes on and on, the rest of the stream goes through the explain lane.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Final

from ticketledger.models.rejection import Code

from .commit import Part
from .explain import Accepted, Limits, Rejected, explain
from .fast import FastLane, Run
from .records import BOM, Ending, Record, ending, records
from .stage import Stage

BLOCK_BYTES: Final = 32 << 20  # planning a statement takes as long as 3,000 lines
_STEP_RECORDS: Final = 2_000
EXAMPLES: Final = 5
"""How many rejects are kept to show."""


@dataclass(slots=True)
class Lanes:
    """Takes streams apart into staged events and rejects, and counts every record once."""

    stage: Stage
    limits: Limits
    observed_at: datetime | None
    examples: list[tuple[str, Rejected]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    _fast: FastLane | None = None
    _waiting: list[Accepted] = field(default_factory=list)

    def steps(self, blocks: Iterable[bytes], damage: list[str]) -> Iterator[int]:
        """Take a stream; yields the size of each step, between which `parts` may be renewed.

        Args:
            blocks: the decompressed bytes of one source, whose part is the last of `parts`.
            damage: filled by `blocks` when the stream ends in damage; one more record, refused.
        """
        source = _Blocks(blocks)
        line = 1
        while body := source.take():
            runs = self._fast_lane().take(len(self.parts) - 1, line, body)
            count = body.count(b"\n") + (not body.endswith(b"\n"))
            self.parts[-1].lines += count - sum(_line_count(run.raw) for run in runs)
            following = line + count
            for run in runs:
                is_last = run.line + _line_count(run.raw) == following
                ends = ending(run.raw)
                goes_on = is_last and not source.at_end and ends is not Ending.CLOSED
                if (
                    self._leaves_lines(run)
                    or (goes_on and len(run.raw) > BLOCK_BYTES // 2)
                    or (not is_last and ends is Ending.OPEN_FOR_AN_OBJECT)
                ):
                    self._unstage(run.line, following, runs)
                    tail = b"\n".join(body.split(b"\n")[run.line - line :])
                    yield from self._explain_all(chain([tail], source.rest()), run.line)
                    following = run.line
                    break
                if goes_on:
                    source.give_back(run.raw)
                    following = run.line
                else:
                    self._explain(records([run.raw], self.limits.max_bytes, run.line))
            line = following
            self._flush()
            yield len(body)
        for reason in damage:
            self._explain([Record(line, b"", Code.CORRUPT_COMPRESSION, reason)])
            yield 0

    def _fast_lane(self) -> FastLane:
        if self._fast is None:
            self._fast = FastLane(self.stage, self.limits)
        return self._fast

    def _leaves_lines(self, run: Run) -> bool:
        lines = run.raw.split(b"\n")
        return any(
            len(line) > self.limits.max_bytes or line.lstrip(b" \t\r").startswith(b"[")
            for line in lines
        )

    def _unstage(self, line: int, following: int, runs: list[Run]) -> None:
        """Take back what the fast lane staged from a line on; those lines are read once more."""
        left = sum(_line_count(run.raw) for run in runs if run.line >= line)
        self.parts[-1].lines -= following - line - left
        self.stage.set(part=len(self.parts) - 1, first_line=line)
        self.stage.run("unstage")

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
        self._flush()
        yield sum(len(record.raw) for record in batch)

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
                if len(self.examples) < EXAMPLES:
                    self.examples.append((part.source, result))

    def _flush(self) -> None:
        """Stage what the explain lane accepted: many rows at once, for each time costs."""
        self.stage.add(len(self.parts) - 1, self._waiting)
        self._waiting = []


class _Blocks:
    """Blocks of whole lines from blocks of bytes; a mark at the very start is dropped."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = iter(blocks)
        self._held = b""
        self._is_start = True
        self._is_over = False

    def take(self) -> bytes:
        """Return the next whole lines, about BLOCK_BYTES of them; what is left at the end."""
        while not self._is_over and not self._is_enough():
            block = next(self._blocks, b"")
            self._held += block
            self._is_over = not block
        if self._is_start:
            self._held = self._held.removeprefix(BOM)
            self._is_start = False
        cut = self._held.find(b"\n", min(BLOCK_BYTES, len(self._held)) - 1) + 1
        cut = cut or self._held.rfind(b"\n") + 1 or len(self._held)
        if self._is_over and len(self._held) <= BLOCK_BYTES:
            cut = len(self._held)
        taken, self._held = self._held[:cut], self._held[cut:]
        return taken

    @property
    def at_end(self) -> bool:
        """Whether everything was taken."""
        return self._is_over and not self._held

    def _is_enough(self) -> bool:
        if b"\n" in self._held:
            return len(self._held) >= BLOCK_BYTES
        return len(self._held) >= BLOCK_BYTES  # a line without end: it is looked at as it is

    def give_back(self, raw: bytes) -> None:
        """Put bytes before what comes next."""
        self._held = raw + self._held

    def rest(self) -> Iterator[bytes]:
        """Yield everything that is left."""
        held, self._held = self._held, b""
        yield held
        yield from self._blocks
        self._is_over = True


def _line_count(raw: bytes) -> int:
    return raw.count(b"\n") + (not raw.endswith(b"\n"))
