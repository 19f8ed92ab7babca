"""Sources as blocks of whole lines; small ones together, so that a block is worth its while."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from .compression import CorruptCompression
from .records import BOM
from .sources import Source, open_source

BLOCK_BYTES: Final = 36 << 20
"""What is read at a time: planning its statements takes as long as some 10,000 lines."""


class Stream:
    """The decompressed bytes of one source, taken in whole lines; bytes can be given back.

    Attributes:
        damage: why the stream ended early, once it did.
        line: number of the line that is taken next.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.line = 1
        self.damage = ""
        self._opened = ExitStack()
        self._blocks, self.hashed = self._opened.enter_context(open_source(source))
        self._held: list[bytes | bytearray] = []
        self._is_over = False
        self._is_start = True

    @property
    def is_read(self) -> bool:
        """Whether all bytes were read, though perhaps not taken."""
        return self._is_over

    @property
    def at_end(self) -> bool:
        """Whether everything was taken."""
        return self._is_over and not any(self._held)

    def take(self, size: int) -> bytearray:
        """Return the next whole lines, about `size` bytes; what is left at the end; then nothing.

        A line that does not end within `size` bytes is returned as far as it was read. A mark at
        the very start is dropped.
        """
        data = bytearray().join(self._held)
        while not self._is_over and len(data) < size:
            data += self._next()
        if self._is_start and data:
            if data.startswith(BOM):
                del data[: len(BOM)]
            self._is_start = False
        cut = data.rfind(b"\n", 0, size) + 1 or data.find(b"\n") + 1 or len(data)
        if self._is_over and len(data) <= size:
            cut = len(data)
        self._held = [bytes(data[cut:])] if cut < len(data) else []
        del data[cut:]  # in place: a block is read once and never copied
        self.line += line_count(data)
        return data

    def give_back(self, raw: bytes | bytearray, line: int) -> None:
        """Put bytes, which begin with that line, before what comes next."""
        self._held.insert(0, raw)
        self.line = line

    def rest(self) -> Iterator[bytes]:
        """Yield everything that is left."""
        while self._held:
            yield bytes(self._held.pop(0))
        while block := self._next():
            yield block

    def close(self) -> None:
        """Close the source."""
        self._opened.close()

    def _next(self) -> bytes:
        try:
            block = next(self._blocks, b"")
        except CorruptCompression as exc:
            self.damage = str(exc)
            block = b""
        if not block:
            self._is_over = True
            self.close()
        return block


def line_count(raw: bytes | bytearray) -> int:
    """Return the number of lines; the last one may lack its newline."""
    return raw.count(b"\n") + (bool(raw) and not raw.endswith(b"\n"))


@dataclass(slots=True)
class Segment:
    """Whole lines of one stream, from a line to before another; nothing at all of an empty one."""

    stream: Stream
    line: int
    raw: bytes | bytearray
    after: int


@dataclass(slots=True)
class Unit:
    """What is read in one pass: a block of a large source, or many small sources."""

    segments: list[Segment] = field(default_factory=list)
    size: int = 0

    def add(self, stream: Stream, size: int) -> None:
        """Take what comes next of a stream."""
        line = stream.line
        raw = stream.take(size)
        segment = Segment(stream, line, raw, stream.line)
        self.segments.append(segment)
        self.size += len(segment.raw)

    def holds(self, stream: Stream) -> bool:
        """Whether there is something of a stream."""
        return any(segment.stream is stream for segment in self.segments)


class Feed:
    """Reads sources in their order, a unit at a time."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = iter(sources)
        self._begun: list[Stream] = []
        self._opened: deque[Stream] = deque()
        self._read_bytes = 0

    @property
    def size_bytes(self) -> int:
        """How much was read of the sources, as they are on disk."""
        while self._opened and self._opened[0].is_read:
            self._read_bytes += self._opened.popleft().hashed.size
        return self._read_bytes + sum(stream.hashed.size for stream in self._opened)

    def next(self) -> Unit | None:
        """Return the next unit; None when everything was read.

        Raises:
            UnreadableInput: a source vanished since it was found.
        """
        unit = Unit()
        while not unit.segments or unit.size < BLOCK_BYTES // 2:
            if not self._begun:
                source = next(self._sources, None)
                if source is None:
                    break
                self._begun.append(Stream(source))
                self._opened.append(self._begun[0])
            stream = self._begun[0]
            unit.add(stream, BLOCK_BYTES - unit.size)
            if stream.at_end:
                self._begun.pop(0)
        return unit if unit.segments else None

    def go_back(self, units: Iterable[Unit], stream: Stream) -> None:
        """Take back units that were read ahead of the present segment of a stream."""
        segments = [segment for unit in units for segment in unit.segments]
        for segment in reversed(segments):
            segment.stream.give_back(segment.raw, segment.line)
        streams = [stream, *(segment.stream for segment in segments), *self._begun]
        self._begun = list(dict.fromkeys(streams))

    def skip(self, stream: Stream) -> None:
        """Leave out a stream that was read to its end by other means."""
        self._begun = [each for each in self._begun if each is not stream]

    def close(self) -> None:
        """Close what is open."""
        for stream in self._begun:
            stream.close()
