"""A block of whole lines as an Arrow table over the very bytes that were read, none copied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_NEWLINE: Final = pa.Array.from_buffers(pa.uint8(), 1, [None, pa.py_buffer(b"\n")])[0]
"""Made from a buffer: `pa.scalar` imports pandas where it is installed, for half a second."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive lines that the fast lane left: from which line on, and their bytes."""

    line: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Lines:
    """Whole lines, each with its newline, numbered from `first`.

    `starts` are the offsets of the lines and, last, of the end.
    """

    first: int
    raw: bytes | bytearray
    starts: pa.Int32Array
    is_mended: bool = False

    @classmethod
    def of(cls, raw: bytes | bytearray, first: int) -> Lines:
        """Find the lines of a block of less than 2 GiB; a missing last newline is added."""
        is_mended = not raw.endswith(b"\n")
        if is_mended:
            raw = raw + b"\n"
        every = pa.Array.from_buffers(pa.uint8(), len(raw), [None, pa.py_buffer(raw)])
        ends = pc.indices_nonzero(pc.equal(every, _NEWLINE)).cast(pa.int32())
        begin = pa.array([0], pa.int32())
        starts = pa.concat_arrays([begin, pc.add(ends, pa.scalar(1, pa.int32()))])
        return cls(first, raw, starts, is_mended)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def table(self) -> pa.Table | None:
        """Return the lines as rows `(n, line)`, or None when a line is not UTF-8."""
        offsets = self.starts.buffers()[1]
        texts = pa.Array.from_buffers(
            pa.string(), len(self), [None, offsets, pa.py_buffer(self.raw)]
        )
        try:
            texts.validate(full=True)
        except pa.ArrowInvalid:
            return None
        return pa.table({"n": self._numbers(), "line": texts})

    def longest(self) -> int:
        """Return the length of the longest line, in bytes, its newline included."""
        lengths = pc.subtract(self.starts.slice(1), self.starts.slice(0, len(self)))
        return int(pc.max(lengths).as_py() or 0)

    def from_line(self, number: int) -> bytes:
        """Return everything from a line on."""
        return self.run(number, self.first + len(self) - 1).raw

    def others(self, taken: pa.Int64Array) -> list[Run]:
        """Return the lines that are not among the numbers taken, as runs."""
        numbers = self._numbers()
        left = numbers.filter(pc.invert(pc.is_in(numbers, value_set=taken))).to_pylist()
        runs: list[Run] = []
        begin = 0
        for index, number in enumerate(left):
            if index + 1 == len(left) or left[index + 1] != number + 1:
                runs.append(self.run(left[begin], number))
                begin = index + 1
        return runs

    def run(self, first: int, last: int) -> Run:
        """Return the lines of these numbers, both included."""
        begin = self.starts[first - self.first].as_py()
        end = self.starts[last + 1 - self.first].as_py()
        return Run(first, bytes(self.raw[begin : end - (self.is_mended and end == len(self.raw))]))

    def _numbers(self) -> pa.Int64Array:
        return pa.array(range(self.first, self.first + len(self)), pa.int64())
