"""A stream of bytes, seen through a window that begins where the present record does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ticketledger.models.rejection import Code

from .brackets import BLANKS

_GAP = re.compile(rb"[ \t\r\n]*")
_VALUE = re.compile(rb'[ \t\r\n]*[\[{"\]\-0-9tfn]')
_CONTINUATION = bytes(range(0x80, 0xC0))


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of one record, and the line (from 1) and column (from 0) at which they start.

    `fault` is set where the bytes are refused as they are; no bytes at all is a blank line.
    """

    line: int
    raw: bytes
    fault: Code | None = None
    reason: str = ""
    column: int = 0


class Window:
    """The part of the stream in memory: from the present record's start to the last block read."""

    def __init__(self, blocks: Iterator[bytes], max_bytes: int, line: int) -> None:
        self._blocks = blocks
        self.max_bytes = max_bytes
        self.line = line
        self.column = 0
        self.indented = True  # whether only blanks stand before `start` on its line
        self.data = b""
        self.start = 0

    def fill(self) -> bool:
        """Append one more block; False at the end. Positions do not change."""
        for block in self._blocks:
            if block:
                self.data += block
                return True
        return False

    def available(self) -> int:
        return len(self.data) - self.start

    def at_end(self) -> bool:
        return self.available() == 0 and not self.fill()

    def starts_with(self, prefix: bytes) -> bool:
        while self.available() < len(prefix) and self.fill():
            pass
        return self.data.startswith(prefix, self.start)

    def opens_array(self) -> bool:
        """Whether `[` comes next on this line, before anything that may be a JSON value."""
        at = 0
        while True:
            while at < self.available() and self.peek(at, at + 1) in b" \t\r":
                at += 1
            if at < self.available():
                break
            if at > self.max_bytes or not self.fill():
                return False
        if self.peek(at, at + 1) != b"[":
            return False
        while not self.peek(at + 1, self.available()).strip(BLANKS):
            if self.available() > self.max_bytes or not self.fill():
                return True
        return bool(_VALUE.match(self.data, self.start + at + 1))

    def find_line_end(self, begin: int) -> int:
        """Return the length from `start` to after the next newline, or as far as allowed."""
        at = begin
        while True:
            found = self.data.find(b"\n", self.start + at)
            if found >= 0:
                return found + 1 - self.start
            at = self.available()
            if at > self.max_bytes or not self.fill():
                return at

    def peek(self, begin: int, end: int) -> bytes:
        return self.data[self.start + begin : self.start + end]

    def skip(self, length: int) -> None:
        """Move on; what lies behind is forgotten once it is worth it."""
        passed = self.peek(0, length)
        newlines = passed.count(b"\n")
        if newlines:
            self.line += newlines
            self.column = 0
            self.indented = True
            passed = passed[passed.rfind(b"\n") + 1 :]
        self.column += len(passed.translate(None, _CONTINUATION))
        self.indented = self.indented and not passed.strip(BLANKS)
        self.start += length
        if self.start > 1 << 16:
            self.data = self.data[self.start :]
            self.start = 0

    def skip_gap(self) -> None:
        """Skip white space, lines included."""
        while not self.at_end():
            gap = _GAP.match(self.data, self.start)
            self.skip(gap.end() - self.start if gap else 0)
            if self.available():
                return

    def take(self, length: int, fault: Code | None = None, reason: str = "") -> Record:
        """Return the next bytes as a record, without the blanks around them."""
        raw = self.peek(0, length)
        blanks = len(raw) - len(raw.lstrip(BLANKS))
        self.skip(blanks)
        record = Record(self.line, raw.strip(BLANKS), fault, reason, self.column)
        self.skip(length - blanks)
        return record
