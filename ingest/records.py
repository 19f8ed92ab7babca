"""From bytes to records: JSON Lines, arrays and (pretty-printed) documents, without being told.

A record is the bytes of one line, of one element of an outer array, or of one document that spans
lines. What it is gets decided record by record, so that one bad line never costs its neighbours:

- a line whose brackets close is a record, whatever is on it;
- a line that leaves brackets open starts a document, which ends where they close;
- `[` where a record may start opens an outer array, whose elements are the records.

Inside a broken document or element the brackets lie; there a line that starts like a record at the
record's own indentation is one, and what stood before it ends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ticketledger.models.envelope import NAME_KEYS
from ticketledger.models.rejection import Code

BOM: Final = b"\xef\xbb\xbf"
MAX_BYTES: Final = 64 << 20
"""Default size of one record: a longer one is refused, in pieces, so memory stays bounded."""

_TOKEN = re.compile(rb'"(?:[^"\\\n]+|\\[^\n])*+("?)|[\[\]{},\n]')
_BLANKS: Final = b" \t\r\n"
_GAP = re.compile(rb"[ \t\r\n]*")
_OBJECT_LINE = re.compile(rb"([ \t]*)\{")


@dataclass(frozen=True, slots=True)
class Record:
    """The bytes of one record and the line it starts on (from 1).

    `fault` is set where the bytes are refused as they are; no bytes at all is a blank line.
    """

    line: int
    raw: bytes
    fault: Code | None = None
    reason: str = ""


def records(blocks: Iterable[bytes], max_bytes: int = MAX_BYTES) -> Iterator[Record]:
    """Split a stream; every byte but white space, outer brackets and commas is in one record.

    The order is that of the stream. Blank lines between records are records without bytes.
    """
    text = _Window(iter(blocks), max_bytes)
    if text.starts_with(BOM):
        text.skip(len(BOM))
    while not text.at_end():
        if text.next_is(b"["):
            yield from _array(text)
        else:
            yield from _line_or_document(text)


def inner_array(raw: bytes, key: str, first_line: int) -> Iterator[Record]:
    """Yield the elements of the array under `key` of an object that is known to parse."""
    depth = 0
    wanted = json.dumps(key).encode()
    for token in _TOKEN.finditer(raw):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and token[0] == wanted:
            after = re.compile(rb"\s*:\s*(?=\[)").match(raw, token.end())
            if after:
                line = first_line + raw.count(b"\n", 0, after.end())
                return _array(_Window(iter([raw[after.end() :]]), len(raw) + 1, line))
    return iter(())


class _Window:
    """The part of the stream in memory: from the current record's start to the last block read."""

    def __init__(self, blocks: Iterator[bytes], max_bytes: int, line: int = 1) -> None:
        self._blocks = blocks
        self.max_bytes = max_bytes
        self.line = line
        self.data = b""
        self.start = 0

    def fill(self) -> bool:
        """Read one more block; False at the end. Positions count from `start`, so they keep."""
        for block in self._blocks:
            if block:
                self.data = self.data[self.start :] + block
                self.start = 0
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

    def next_is(self, byte: bytes) -> bool:
        """Whether the first byte after blanks, on this line, is this one."""
        at = 0
        while True:
            while at < self.available() and self.data[self.start + at] in b" \t\r":
                at += 1
            if at < self.available():
                return self.data[self.start + at : self.start + at + 1] == byte
            if at > self.max_bytes or not self.fill():
                return False

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
        self.line += self.data.count(b"\n", self.start, self.start + length)
        self.start += length

    def skip_gap(self) -> None:
        """Skip white space, lines included."""
        while not self.at_end():
            match = _GAP.match(self.data, self.start)
            self.skip(match.end() - self.start if match else 0)
            if self.available():
                return

    def take(self, length: int) -> bytes:
        raw = self.peek(0, length)
        self.skip(length)
        return raw


def _line_or_document(text: _Window) -> Iterator[Record]:
    line, end = text.line, text.find_line_end(0)
    if end > text.max_bytes:
        yield from _oversized(text)
        return
    raw = text.peek(0, end).strip(_BLANKS)
    if raw and not _closes(raw):
        end = _scan(text, in_array=False, indent=0)
        if end > text.max_bytes:
            yield from _oversized(text)
            return
        raw = text.peek(0, end).strip(_BLANKS)
    text.skip(end)
    yield Record(line, raw)


def _array(text: _Window) -> Iterator[Record]:
    """Yield the elements of an outer array; `text` is at blanks before its bracket."""
    text.skip_gap()
    text.skip(1)
    indent: int | None = None
    expecting = False
    while True:
        text.skip_gap()
        if text.at_end():
            yield Record(text.line, b"", Code.TRUNCATED, "the outer array is not closed")
            return
        byte = text.peek(0, 1)
        if byte in b"],":
            if byte == b"," or expecting:
                yield Record(text.line, b",", Code.INVALID_JSON, "a comma without an element")
            text.skip(1)
            expecting = False
            if byte == b"]":
                _end_line(text)
                return
            continue
        if indent is None:
            indent = len(_indentation(text.data, text.start))
        line, end = text.line, _scan(text, in_array=True, indent=indent)
        if end > text.max_bytes:
            yield from _oversized(text)
        else:
            yield Record(line, text.take(end).strip(_BLANKS))
        text.skip_gap()
        expecting = text.starts_with(b",")
        if expecting:
            text.skip(1)


def _end_line(text: _Window) -> None:
    """Skip the rest of an outer array's last line, unless something stands there."""
    end = text.find_line_end(0)
    if not text.peek(0, end).strip(_BLANKS):
        text.skip(end)


def _scan(text: _Window, *, in_array: bool, indent: int) -> int:
    """Return the length of the document or element at `start`, up to max_bytes and a block."""
    at = depth = 0
    while True:
        for token in _TOKEN.finditer(text.data, text.start + at):
            begin = token.start() - text.start
            first = token[0][:1]
            if first == b'"':
                if not token[1] and token.end() == len(text.data):
                    at = begin  # the string may go on in the next block
                    break
            elif first in b"[{":
                depth += 1
            elif first in b"]}":
                if depth == 0:
                    return begin  # closes the outer array, or closes nothing
                depth -= 1
                if depth == 0 and not in_array:
                    return _with_rest_of_line(text, begin + 1)
            elif first == b"," and depth == 0 and in_array:
                return begin
            elif first == b"\n" and depth and _starts_record(text, begin + 1, in_array, indent):
                return begin + 1
            at = token.end() - text.start
        if text.available() > text.max_bytes or not text.fill():
            return text.available()


def _with_rest_of_line(text: _Window, end: int) -> int:
    """Bytes after a document's end on the same line belong to it, and make it bad."""
    return text.find_line_end(end)


def _starts_record(text: _Window, begin: int, in_array: bool, indent: int) -> bool:
    while text.available() - begin <= indent and text.fill():
        pass
    match = _OBJECT_LINE.match(text.data, text.start + begin)
    if not match or len(match[1]) != indent:
        return False
    before = text.peek(0, begin).rstrip(_BLANKS)[-1:]
    if in_array and indent:
        return True
    if not in_array and before not in (b"[", b",", b":"):
        return True
    line = text.peek(begin, text.find_line_end(begin)).strip(_BLANKS).rstrip(b",")
    if not _closes(line):
        return False
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and any(key in value for key in NAME_KEYS)


def _oversized(text: _Window) -> Iterator[Record]:
    """Give up a record that is too large, in pieces; go on at the next line."""
    reason = f"longer than {text.max_bytes} bytes"
    while True:
        line, end = text.line, text.find_line_end(0)
        piece = text.take(min(end, text.max_bytes))
        yield Record(line, piece, Code.TOO_LARGE, reason)
        if piece.endswith(b"\n") or text.at_end():
            return
        reason = "continues the record before"


def _closes(line: bytes) -> bool:
    """Whether a line opens no more brackets than it closes (strings are told apart if need be)."""
    if line.count(b"{") + line.count(b"[") <= line.count(b"}") + line.count(b"]"):
        return True
    depth = 0
    for token in _TOKEN.finditer(line):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
    return depth <= 0


def _indentation(data: bytes, at: int) -> bytes:
    line_start = data.rfind(b"\n", 0, at) + 1
    before = data[line_start:at]
    return before if not before.strip(_BLANKS) else b""
