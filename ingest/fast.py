"""The fast lane: whole blocks of lines through DuckDB, no Python per line.

It takes ticket events in the documented form, which make up most of an export by size, and of
those only the lines whose every value is of a kind it provably reads as the models do. Sub-objects
that repeat from event to event (chat, members, messages, property maps) go through the models once
per distinct text. Every other line is left to the explain lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from ticketledger.models import jsontext
from ticketledger.models.entities import Chat, ShortMessage, struct_type
from ticketledger.models.rejection import Code, Rejection

from .explain import Limits
from .stage import Stage

MACROS: Final = (
    "is_text",
    "is_flag",
    "is_priority",
    "is_labels",
    "text_of",
    "instant_of",
    "is_instant",
    "labels_of",
    "extract_ticket",
    "ticket_values",
    "is_plain_ticket",
    "ticket_keys_of",
    "ticket_image_of",
    "ticket_text",
)
_CHATS: Final = pa.schema(
    [
        ("text", pa.string()),
        ("canonical", pa.string()),
        ("chat_id", pa.string()),
        ("chat_keys", pa.string()),
        ("chat", struct_type(Chat)),
    ]
)
_TEXTS: Final = pa.schema(
    [("kind", pa.string()), ("text", pa.string()), ("canonical", pa.string())]
)
_KNOWN_BYTES: Final = 64 << 20
"""Sub-objects kept between blocks; beyond it they are forgotten and read again when met."""

_SMALLEST: Final = 1 << 16
_BATCH_LINES: Final = 2_048  # a batch is what a thread takes at a time


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive lines that the fast lane left: from which line on, and their bytes."""

    line: int
    raw: bytes


class FastLane:
    """Stages what it can of each block and returns the rest."""

    def __init__(self, stage: Stage, limits: Limits) -> None:
        self._stage = stage
        self._limits = limits
        self._known_bytes = 0
        for name in MACROS:
            stage.run(name)
        stage.set(max_bytes=limits.max_bytes)
        self._forget()

    def take(self, part: int, first_line: int, block: bytes) -> list[Run]:
        """Stage the plain ticket events of a block of whole lines; return all other lines."""
        lines = _as_table(block, first_line)
        if lines is None:
            return self._halves(part, first_line, block)
        self._stage.con.register("lines", lines)
        self._stage.set(part=part, first_line=first_line)
        self._stage.run("parse_lines")
        self._learn()
        self._stage.run("accept_lines")
        others = self._stage.rows("other_lines").column("n").to_pylist()
        self._stage.con.unregister("lines")
        return _runs(block, first_line, others)

    def _halves(self, part: int, first_line: int, block: bytes) -> list[Run]:
        """A block with bytes that are no text costs only the lines around them."""
        middle = block.find(b"\n", len(block) // 2) + 1
        if len(block) < _SMALLEST or middle in (0, len(block)):
            return [Run(first_line, block)]
        head, tail = block[:middle], block[middle:]
        first = self.take(part, first_line, head)
        return first + self.take(part, first_line + head.count(b"\n"), tail)

    def _learn(self) -> None:
        if self._known_bytes > _KNOWN_BYTES:
            self._forget()
        chats: list[dict[str, Any]] = []
        texts: list[dict[str, Any]] = []
        for found in self._stage.rows("new_texts").to_pylist():
            kind, text = found["kind"], found["text"]
            try:
                made = self._read(kind, text)
            except Rejection:
                continue  # the explain lane will say what is wrong
            (chats if kind == "chat" else texts).append({"kind": kind, "text": text} | made)
            self._known_bytes += 2 * len(text)
        if chats:
            self._stage.insert("known_chats", pa.Table.from_pylist(chats, schema=_CHATS))
        if texts:
            self._stage.insert("known_texts", pa.Table.from_pylist(texts, schema=_TEXTS))

    def _read(self, kind: str, text: str) -> dict[str, Any]:
        # chat and messages stand two levels deep in an envelope, property maps three
        depth = self._limits.max_depth - (3 if kind == "map" else 2)
        parsed = jsontext.parse(text.encode(), max_depth=depth)
        if parsed.repeated_keys:
            raise _LEFT_TO_EXPLAIN
        made: dict[str, Any] = {"canonical": jsontext.canonical(parsed.value)}
        if kind == "chat":
            chat = Chat.read(parsed.value)
            if chat.chat_id:
                image = chat.image()
                made |= {"chat_id": chat.chat_id, "chat_keys": image.keys, "chat": image.values}
        elif kind == "message":
            ShortMessage.read(parsed.value)
        elif kind == "attached":
            for message in parsed.value:
                ShortMessage.read(message)
        return made

    def _forget(self) -> None:
        self._known_bytes = 0
        self._stage.create("known_chats", _CHATS)
        self._stage.create("known_texts", _TEXTS)


_LEFT_TO_EXPLAIN: Final = Rejection(Code.INVALID_JSON, "", "a key stands twice")


def _as_table(block: bytes, first_line: int) -> pa.Table | None:
    """Return the lines as rows `(n, line)`, or None when a line is not UTF-8."""
    lines = block.removesuffix(b"\n").split(b"\n")
    try:
        texts = pa.array(lines, pa.string())
    except pa.ArrowException:
        return None
    numbers = pa.array(range(first_line, first_line + len(lines)), pa.int64())
    table = pa.table({"n": numbers, "line": texts})
    return pa.Table.from_batches(table.to_batches(max_chunksize=_BATCH_LINES), table.schema)


def _runs(block: bytes, first_line: int, others: list[int]) -> list[Run]:
    if not others:
        return []
    pieces = block.split(b"\n")
    runs: list[Run] = []
    begin = others[0]
    for here, following in zip(others, [*others[1:], -1], strict=True):
        if following != here + 1:
            end = here + 1 - first_line
            raw = b"\n".join(pieces[begin - first_line : end])
            runs.append(Run(begin, raw if end == len(pieces) else raw + b"\n"))
            begin = following
    return runs
