"""The fast lane: whole blocks of lines through DuckDB and Arrow, no Python per line.

It takes ticket, message and note events that come as envelopes with `data`, which make up most of
an export, and of those only the lines whose every value is of a kind it provably reads as the
models do. Parts that repeat from event to event (chats, quoted messages) are read once per distinct
text of a block. Every other line is left to the explain lane.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from .batch import piece, whole
from .database import Shown, prepared, set_variables
from .explain import Limits
from .feed import Unit
from .learned import Learned
from .lines import Lines, Run
from .parts import Part, told_keys, with_field
from .statements import Statements
from .templates import Template

_SHALLOW: Final = 10  # as deep as anything this lane takes
_TOO_MUCH: Final = (
    duckdb.OutOfMemoryException,
    duckdb.InvalidInputException,
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
)
"""What the database may say of a block; of a smaller one it will not, or the models decide."""

_SMALLEST: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a segment: rows of the lines taken, and the lines left."""

    pieces: list[pa.Table] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


class FastLane:
    """Reads units on one core: takes what it can, and says what is left."""

    def __init__(self, limits: Limits, memory: str) -> None:
        self._limits = limits
        self._con = prepared(memory)
        self._statements = Statements(self._con)
        self._learned = Learned(self._con)

    def close(self) -> None:
        """Give back the memory."""
        self._con.close()

    def read(self, unit: Unit) -> list[Taken]:
        """Return what this lane takes of each segment, and what it leaves."""
        segments = unit.segments
        if len(segments) == 1:
            (segment,) = segments
            if not segment.raw:
                return [Taken()]
            lines = Lines.of(segment.raw, segment.line)
            pieces = self._pieces(lines)
            return [Taken(pieces, lines.others(_numbers(pieces)))]
        raws = [_ended(segment.raw) for segment in segments]
        lines = Lines.of(b"".join(raws), 1)
        pieces = self._pieces(lines) if lines.raw else []
        taken = sorted(_numbers(pieces).to_pylist())
        numbered = [(rows, rows["source_line"].to_pylist()) for rows in pieces]
        first, made = 1, []
        for segment, raw in zip(segments, raws, strict=True):
            own = Lines.of(segment.raw, first) if raw else None
            after = first + (len(own) if own else 0)
            mine = taken[bisect_left(taken, first) : bisect_left(taken, after)]
            runs = own.others(pa.array(mine, pa.int64())) if own else []
            shift = segment.line - first
            made.append(
                Taken(
                    [_between(*each, first, after, shift) for each in numbered],
                    [Run(run.line + shift, run.raw) for run in runs],
                )
            )
            first = after
        return made

    def _pieces(self, lines: Lines) -> list[pa.Table]:
        """Return the rows of the plain events; those without an `event_id` are none."""
        table = lines.table()
        if self._limits.max_depth < _SHALLOW:
            return []
        if table is None or lines.longest() > self._limits.max_bytes:
            return self._halves(lines)
        try:
            return self._by_templates(table)
        except _TOO_MUCH:
            return self._halves(lines)

    def _by_templates(self, table: pa.Table) -> list[pa.Table]:
        with self._shown(lines=table):
            families = self._statements.rows("route_lines")["family"]
        left = table.append_column("family", families)
        pieces: list[pa.Table] = []
        for tries in range(2):
            for template in self._learned:
                if len(left):
                    left = self._take_by(template, left, pieces)
            if tries or not self._learned.learn(left, len(table)):
                break
        return pieces

    def _take_by(self, template: Template, lines: pa.Table, pieces: list[pa.Table]) -> pa.Table:
        """Add the rows of the lines of one template to the pieces; return the other lines."""
        self._learned.use(template)
        with self._shown(lines=lines):
            columns = self._read(template)
        if not columns:
            return lines
        rows = piece(columns, len(columns["event_id"]))
        numbers = _numbers([rows])
        if not len(numbers):
            return lines
        pieces.append(rows)
        if len(numbers) == len(lines):
            return lines.slice(0, 0)
        return lines.filter(pc.invert(pc.is_in(lines["n"], value_set=numbers)))

    def _read(self, template: Template) -> dict[str, Any]:
        """Return the columns of a template's lines; `event_id` is null where it does not fit."""
        name = f"read_{template.family}s"
        try:
            rows = self._statements.rows(name)
        except duckdb.InvalidInputException:
            self._set(is_checked=True)
            rows = self._statements.rows(name)
            self._set(is_checked=False)
        columns = {name: whole(rows[name]) for name in rows.column_names}
        count = len(rows)
        del rows  # the texts of parts are large, and not needed once they are told apart
        if not pc.any(columns["is_plain"]).as_py():
            return {}
        read = self._ticket if template.family == "ticket" else self._message
        columns |= read(template, columns)
        previous = columns.pop("previous")
        has_none = pa.scalar("null" if template.is_null else "absent")
        state = pc.if_else(pc.equal(previous, "{}"), "empty", "object")
        return columns | {
            "source_line": columns.pop("n"),
            "previous_state": pc.if_else(previous.is_valid(), state, has_none),
            "time_source": pa.repeat("envelope", count),
            "form": pa.repeat(template.name_key, count),
            "repeated_keys": pa.repeat(pa.scalar(0, pa.int64()), count),
        }

    def _message(self, template: Template, rows: dict[str, Any]) -> dict[str, Any]:
        part = self._part("read_previous", rows["previous"])
        message = rows["message"]
        previous = _told_previous(template, part)
        identified = self._identified(
            "identify_messages",
            is_plain=pc.and_(rows.pop("is_plain"), part.is_known()),
            identity=rows.pop("identity"),
            data=rows["data"],
            previous=previous,
        )
        keys = told_keys(template, pa.repeat(True, len(message)), rows.pop("has_deletion"))
        return {
            "event_id": identified["event_id"],
            "ticket_id": message.field("message_ticket_id"),
            "chat_id": message.field("chat_id"),
            "message_keys": keys,
            "previous_attributes": previous,
        }

    def _ticket(self, template: Template, rows: dict[str, Any]) -> dict[str, Any]:
        chat = self._part("read_chats", rows.pop("chat"))
        message = self._part("read_short_messages", rows.pop("message"))
        attached = self._part("read_attached_messages", rows.pop("attached_messages"))
        before = self._part("read_befores", rows["previous"])
        maps = self._part("read_maps", rows.pop("map"))
        is_plain = rows.pop("is_plain")
        for part in (chat, message, attached, before, maps):
            is_plain = pc.and_(is_plain, part.is_known())
        previous = _told_previous(template, before)
        identified = self._identified(
            "identify_tickets" if template.has_parts else "identify_rows",
            is_plain=is_plain,
            identity=rows.pop("identity"),
            attached_messages=attached.texts(),
            chat=chat.texts(),
            message=message.texts(),
            head=rows.pop("head"),
            map=maps.texts(),
            tail=rows.pop("tail"),
            previous=previous,
        )
        ticket = rows["ticket"]
        chat_id = chat.column("chat_id") if template.has_parts else ticket.field("chat_id")
        ticket = with_field(ticket, "chat_id", chat_id)
        return {
            **identified,
            "object_type": pa.repeat("ticket", len(chat_id)),
            "chat_id": chat_id,
            "ticket_keys": told_keys(template, chat_id.is_valid(), rows.pop("has_deletion")),
            "ticket": with_field(ticket, "custom_properties", maps.column("map")),
            "ticket_before_keys": before.column("keys"),
            "ticket_before": before.column("before"),
            "chat_keys": chat.column("keys"),
            "chat": chat.column("chat"),
            "members": chat.numbered("members"),
            "data_attached_messages": attached.texts(),
            "data_chat": chat.texts(),
            "data_message": message.texts(),
            "previous_attributes": previous,
        }

    def _identified(self, name: str, **columns: Any) -> dict[str, Any]:
        with self._shown(rows=pa.table(columns)):
            rows = self._statements.rows(name)
        return {name: whole(rows[name]) for name in rows.column_names}

    def _part(self, name: str, column: pa.StringArray) -> Part:
        """Read the distinct texts of a column, each once."""
        told = column.dictionary_encode()
        numbers = pa.array(range(len(told.dictionary)), pa.int64())
        with self._shown(texts=pa.table({"i": numbers, "text": told.dictionary})):
            return Part(told.indices, self._statements.rows(name))

    def _halves(self, lines: Lines) -> list[pa.Table]:
        """A block too large for the memory, or with bytes that are no text, or too long a line."""
        raw = lines.raw
        middle = raw.find(b"\n", len(raw) // 2) + 1
        if len(raw) < _SMALLEST or middle in (0, len(raw)):
            return []
        head, tail = Lines.of(raw[:middle], lines.first), raw[middle:]
        return self._pieces(head) + self._pieces(Lines.of(tail, lines.first + len(head)))

    def _set(self, **variables: Any) -> None:
        set_variables(self._con, **variables)

    def _shown(self, **tables: pa.Table) -> Shown:
        return Shown(self._con, tables)


def _told_previous(template: Template, part: Part) -> pa.DictionaryArray:
    """Return the texts of before-images; where there is none, what the template says of that."""
    return part.texts().fill_null("null") if template.is_null else part.texts()


def _numbers(pieces: list[pa.Table]) -> pa.Int64Array:
    """Return the numbers of the lines taken."""
    taken = [whole(p["source_line"]).filter(whole(p["event_id"]).is_valid()) for p in pieces]
    return pa.concat_arrays([pa.array([], pa.int64()), *taken])


def _between(rows: pa.Table, numbers: list[int], first: int, after: int, shift: int) -> pa.Table:
    """Return the rows of some lines, counted from elsewhere; the numbers are those of all rows."""
    begin, end = bisect_left(numbers, first), bisect_left(numbers, after)
    kept = rows.slice(begin, end - begin)
    place = kept.schema.get_field_index("source_line")
    moved = pc.add(kept["source_line"], pa.scalar(shift, pa.int64()))
    return kept.set_column(place, kept.schema.field(place), moved)


def _ended(raw: bytes | bytearray) -> bytes | bytearray:
    return raw + b"\n" if raw and not raw.endswith(b"\n") else raw
