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
from enum import Enum
from typing import Final

from ticketledger.models.rejection import Code

from .brackets import BLANKS, OBJECT_LINE, TOKEN, allows_object, closes, follow, left_open
from .window import Record, Window

BOM: Final = b"\xef\xbb\xbf"
MAX_BYTES: Final = 64 << 20
"""Default size of one record: a longer one is refused, in pieces, so memory stays bounded."""


def records(
    blocks: Iterable[bytes], max_bytes: int = MAX_BYTES, first_line: int = 1
) -> Iterator[Record]:
    """Split a stream; every byte but white space, outer brackets and commas is in one record.

    The order is that of the stream, and the cuts between blocks do not matter. Blank lines between
    records are records without bytes.
    """
    text = Window(iter(blocks), max_bytes, first_line)
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
    for token in TOKEN.finditer(raw):
        if token[0] in (b"{", b"["):
            depth += 1
        elif token[0] in (b"}", b"]"):
            depth -= 1
        elif depth == 1 and token[1] and json.loads(token[0]) == key:
            after = re.compile(rb"\s*:\s*(?=\[)").match(raw, token.end())
            begin = after.end() if after else begin
    if begin < 0:
        return
    text = Window(iter([raw[begin:]]), len(raw) + 1, record.line)
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
        if index and (found := OBJECT_LINE.match(line)) and len(found[1]) == record.column
    ]
    parts = []
    for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        raw = b"\n".join(lines[begin:end]).strip(BLANKS).removesuffix(b",")
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
    opened = left_open(last)
    if not last.startswith(b"{") or not opened:
        return Ending.CLOSED
    return Ending.OPEN_FOR_AN_OBJECT if allows_object(opened, last) else Ending.OPEN


def _line_or_document(text: Window) -> Iterator[Record]:
    end = text.find_line_end(0)
    raw = text.peek(0, end).strip(BLANKS)
    if not raw and end <= text.max_bytes:
        yield Record(text.line, b"")
        text.skip(end)
        return
    if raw.startswith(b"{") and not closes(raw):
        found = OBJECT_LINE.match(text.data, text.start)
        end = _scan(text, in_array=False, indent=len(found[1]) if found else 0)
    if end > text.max_bytes:
        yield from _oversized(text)
    else:
        yield text.take(end)


def _array(text: Window) -> Iterator[Record]:
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


def _end_line(text: Window) -> None:
    """Skip the rest of an outer array's last line, unless something stands there."""
    end = text.find_line_end(0)
    if not text.peek(0, end).strip(BLANKS):
        text.skip(end)


def _scan(text: Window, *, in_array: bool, indent: int) -> int:
    """Return the length of the document or element at `start`, up to max_bytes and a block."""
    at = 0
    opened: list[bytes] = []
    while True:
        data = text.data
        for token in TOKEN.finditer(data, text.start + at):
            begin = token.start() - text.start
            first = token[0][:1]
            if first == b'"':
                if not token[1] and data[token.end() :] in (b"", b"\\"):
                    at = begin  # the string may go on in the next block
                    break
            elif first == b"," or first == b"]":
                if not opened and in_array:
                    return begin
                follow(opened, first)
            elif first == b"\n":
                if _starts_record(text, begin + 1, opened, in_array, indent):
                    return begin + 1
            else:
                follow(opened, first)
            if first in b"}]" and not opened and not in_array:
                return text.find_line_end(begin + 1)  # what follows on its line makes it bad
            at = token.end() - text.start
        if text.data is not data:
            continue  # a look ahead has read on
        if text.available() > text.max_bytes or not text.fill():
            return text.available()


def _starts_record(
    text: Window, begin: int, opened: list[bytes], in_array: bool, indent: int
) -> bool:
    while text.available() - begin <= indent and text.fill():
        pass
    found = OBJECT_LINE.match(text.data, text.start + begin)
    if not found:
        return False
    before = text.peek(0, begin)
    if not opened:
        return in_array and bool(before.strip(BLANKS))
    return len(found[1]) == indent and not allows_object(opened, before)


def _oversized(text: Window) -> Iterator[Record]:
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
