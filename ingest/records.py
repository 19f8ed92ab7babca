"""From bytes to records: JSON Lines, arrays and (pretty-printed) documents, without being told.

A record is the bytes of one line, of one element of an outer array, or of one document that spans
lines. What it is gets decided record by record, so that one bad line never costs its neighbours:

- a line that starts with `{` and leaves brackets open starts a document, which ends where they
  close; any other line is a record, whatever is on it;
- `[` before something that may be a JSON value opens an outer array, whose elements are records.

Inside a broken document or element the brackets lie. A line that starts with `{` where JSON allows
no object, at the record's own indentation, is the next record, and what stood before it ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from ticketledger.models.rejection import Code

BOM: Final = b"\xef\xbb\xbf"
MAX_BYTES: Final = 64 << 20
"""Default size of one record: a longer one is refused, in pieces, so memory stays bounded."""

_BLANKS: Final = b" \t\r\n"
_TOKEN = re.compile(rb'"(?:[^"\\\n]+|\\[^\n])*+("?)|[\[\]{},\n]')
_GAP = re.compile(rb"[ \t\r\n]*")
_OBJECT_LINE = re.compile(rb"([ \t]*)\{")
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


def records(
    blocks: Iterable[bytes], max_bytes: int = MAX_BYTES, first_line: int = 1
) -> Iterator[Record]:
    """Split a stream; every byte but white space, outer brackets and commas is in one record.

    The order is that of the stream, and the cuts between blocks do not matter. Blank lines between
    records are records without bytes.
    """
    text = _Window(iter(blocks), max_bytes, first_line)
    if first_line == 1 and text.starts_with(BOM):
        text.skip(len(BOM))
    while not text.at_end():
        if text.opens_array():
            yield from _array(text)
        else:
            yield from _line_or_document(text)


def inner_array(record: Record, key: str) -> Iterator[Record]:
    """Yield the elements of the array under `key` of an object that is known to parse.

    Of equal keys the last one counts, as everywhere.
    """
    raw, depth, begin = record.raw, 0, -1
    for token in _TOKEN.finditer(raw):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and token[1] and json.loads(token[0]) == key:
            after = re.compile(rb"\s*:\s*(?=\[)").match(raw, token.end())
            begin = after.end() if after else begin
    if begin < 0:
        return
    text = _Window(iter([raw[begin:]]), len(raw) + 1, record.line)
    text.line += raw.count(b"\n", 0, begin)
    text.column = begin - (raw.rfind(b"\n", 0, begin) + 1)
    yield from _array(text)


def pieces(record: Record) -> list[Record]:
    """Return the parts of a record that is not JSON, cut where a line starts like the record does.

    One part, the record itself, when there is no such line.
    """
    lines = record.raw.split(b"\n")
    starts = [0] + [
        index
        for index, line in enumerate(lines)
        if index and (found := _OBJECT_LINE.match(line)) and len(found[1]) == record.column
    ]
    parts = []
    for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        raw = b"\n".join(lines[begin:end]).strip(_BLANKS).removesuffix(b",")
        parts.append(Record(record.line + begin, raw, column=record.column))
    return parts


class Ending(Enum):
    """How whole lines end: between records, or inside a document."""

    CLOSED = "closed"
    OPEN = "open"
    OPEN_FOR_AN_OBJECT = "open, and JSON allows an object next"


def ending(raw: bytes) -> Ending:
    """Return how these whole lines, which begin between records, end."""
    last = b""
    for record in records([raw], len(raw) + 1, first_line=2):
        last = record.raw
    opened: list[bytes] = []
    for token in _TOKEN.finditer(last):
        _follow(opened, token[0])
    if not last.startswith(b"{") or not opened:
        return Ending.CLOSED
    return Ending.OPEN_FOR_AN_OBJECT if _allows_object(opened, last) else Ending.OPEN


class _Window:
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
        while not self.peek(at + 1, self.available()).strip(_BLANKS):
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
        self.indented = self.indented and not passed.strip(_BLANKS)
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
        blanks = len(raw) - len(raw.lstrip(_BLANKS))
        self.skip(blanks)
        record = Record(self.line, raw.strip(_BLANKS), fault, reason, self.column)
        self.skip(length - blanks)
        return record


def _line_or_document(text: _Window) -> Iterator[Record]:
    end = text.find_line_end(0)
    raw = text.peek(0, end).strip(_BLANKS)
    if not raw and end <= text.max_bytes:
        yield Record(text.line, b"")
        text.skip(end)
        return
    if raw.startswith(b"{") and not _closes(raw):
        found = _OBJECT_LINE.match(text.data, text.start)
        end = _scan(text, in_array=False, indent=len(found[1]) if found else 0)
    if end > text.max_bytes:
        yield from _oversized(text)
    else:
        yield text.take(end)


def _array(text: _Window) -> Iterator[Record]:
    """Yield the elements of an outer array; `text` is at blanks before its bracket."""
    text.skip_gap()
    line_indent = text.column if text.indented else 0
    text.skip(1)
    indent: int | None = None
    separated = True  # whether a comma (or the bracket) stands before what comes next
    comma_missed = trailing = False
    while True:
        text.skip_gap()
        if text.at_end():
            yield Record(text.line, b"", Code.TRUNCATED, "the outer array is not closed")
            return
        byte = text.peek(0, 1)
        if byte == b",":
            if separated:
                yield Record(text.line, b",", Code.INVALID_JSON, "a comma without an element")
            separated = trailing = True
            text.skip(1)
            continue
        if byte == b"]":
            if trailing:
                yield Record(text.line, b",", Code.INVALID_JSON, "a comma without an element")
            text.skip(1)
            _end_line(text)
            return
        if not separated and not comma_missed:
            comma_missed = True
            yield Record(text.line, b"", Code.INVALID_JSON, "no comma before this element")
        if indent is None:
            indent = text.column if text.indented else line_indent
        end = _scan(text, in_array=True, indent=indent)
        separated = trailing = False
        if end > text.max_bytes:
            yield from _oversized(text)
            separated = True  # its comma went with it
        else:
            yield text.take(end)


def _end_line(text: _Window) -> None:
    """Skip the rest of an outer array's last line, unless something stands there."""
    end = text.find_line_end(0)
    if not text.peek(0, end).strip(_BLANKS):
        text.skip(end)


def _scan(text: _Window, *, in_array: bool, indent: int) -> int:
    """Return the length of the document or element at `start`, up to max_bytes and a block."""
    at = 0
    opened: list[bytes] = []
    while True:
        data = text.data
        for token in _TOKEN.finditer(data, text.start + at):
            begin = token.start() - text.start
            first = token[0][:1]
            if first == b'"':
                if not token[1] and data[token.end() :] in (b"", b"\\"):
                    at = begin  # the string may go on in the next block
                    break
            elif first == b"," or first == b"]":
                if not opened and in_array:
                    return begin
                _follow(opened, first)
            elif first == b"\n":
                if _starts_record(text, begin + 1, opened, in_array, indent):
                    return begin + 1
            else:
                _follow(opened, first)
            if first in b"}]" and not opened and not in_array:
                return text.find_line_end(begin + 1)  # what follows on its line makes it bad
            at = token.end() - text.start
        if text.data is not data:
            continue  # a look ahead has read on
        if text.available() > text.max_bytes or not text.fill():
            return text.available()


def _follow(opened: list[bytes], token: bytes) -> None:
    """Keep the open brackets; one that closes nothing is passed over."""
    if token in (b"{", b"["):
        opened.append(token)
    elif token in (b"}", b"]") and opened:
        opened.pop()


def _starts_record(
    text: _Window, begin: int, opened: list[bytes], in_array: bool, indent: int
) -> bool:
    while text.available() - begin <= indent and text.fill():
        pass
    found = _OBJECT_LINE.match(text.data, text.start + begin)
    if not found:
        return False
    before = text.peek(0, begin)
    if not opened:
        return in_array and bool(before.strip(_BLANKS))
    return len(found[1]) == indent and not _allows_object(opened, before)


def _allows_object(opened: list[bytes], before: bytes) -> bool:
    """Whether JSON allows an object after these bytes, inside these brackets."""
    last = before.rstrip(_BLANKS)[-1:]
    return last in ((b"[", b",") if opened[-1] == b"[" else (b":",))


def _oversized(text: _Window) -> Iterator[Record]:
    """Give up a record that is too large, in pieces; go on at the next line."""
    reason = f"longer than {text.max_bytes} bytes"
    while True:
        end = text.find_line_end(0)
        line, piece = text.line, text.peek(0, min(end, text.max_bytes))
        text.skip(len(piece))
        yield Record(line, piece, Code.TOO_LARGE, reason)
        if piece.endswith(b"\n") or text.at_end():
            return
        reason = "continues the record before"


def _closes(line: bytes) -> bool:
    """Whether a line closes every bracket it opens (strings are told apart if need be)."""
    if line.count(b"{") + line.count(b"[") <= line.count(b"}") + line.count(b"]"):
        return True
    opened: list[bytes] = []
    for token in _TOKEN.finditer(line):
        _follow(opened, token[0])
    return not opened
