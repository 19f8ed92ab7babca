"""Where rows of both lanes wait for their commit: Arrow columns, a bounded number of rows."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from ticketledger.models import schema

from .explain import Accepted

STAMPS: Final = ("batch", "source", "loaded_at")
"""Columns that only a commit knows."""

TOLD_ONCE: Final = ("members", "data_attached_messages", "data_chat", "data_message")
"""Texts that repeat from event to event: a number each, and every text once."""

_TEXTS: Final = pa.dictionary(pa.int32(), pa.string())
_PART: Final = pa.field("part", pa.int32())


@cache
def staged_schema() -> pa.Schema:
    """Return the stored columns without a commit's own, after `part` and `repeated_keys`."""
    stored = [
        pa.field(field.name, _TEXTS) if field.name in TOLD_ONCE else field.with_nullable(True)
        for field in schema.EVENTS
        if field.name not in STAMPS
    ]
    return pa.schema([_PART, ("repeated_keys", pa.int64()), *stored])


class Batch:
    """Rows of `staged_schema`, in pieces. A row without an `event_id` is none: it was left out."""

    def __init__(self) -> None:
        self.pieces: list[pa.Table] = []

    def add(self, part: int, piece: pa.Table) -> None:
        """Append rows of one part."""
        numbers = pa.repeat(pa.scalar(part, pa.int32()), len(piece))
        self.pieces.append(piece.add_column(0, _PART, numbers))

    def add_explained(self, part: int, accepted: list[Accepted]) -> None:
        """Append rows of the explain lane."""
        if not accepted:
            return
        rows = [
            event.row | {"source_line": event.line, "repeated_keys": event.repeated_keys}
            for event in accepted
        ]
        fields = [pa.field(f.name, pa.string() if f.type == _TEXTS else f.type) for f in _fields()]
        table = pa.Table.from_pylist(rows, schema=pa.schema(fields)).combine_chunks()
        columns = {name: whole(table.column(name)) for name in table.column_names}
        self.add(part, piece(columns, len(rows)))

    def append(self, rows: pa.Table, parts: int) -> None:
        """Append all rows of another batch, whose parts come after so many of this."""
        self.pieces.append(
            rows.set_column(0, _PART, pc.add(rows["part"], pa.scalar(parts, pa.int32())))
        )

    def leave_out(self, part: int, first: int, after: int) -> None:
        """Take back the rows of some lines of a part."""
        kept = []
        for piece in self.pieces:
            line = piece["source_line"]
            is_out = pc.and_(pc.greater_equal(line, first), pc.less(line, after))
            is_out = pc.and_(is_out, pc.equal(piece["part"], part))
            kept.append(piece.filter(pc.invert(is_out)))
        self.pieces = kept

    def rows(self) -> pa.Table:
        """Hand over all rows in one piece, left-out ones included."""
        table = pa.concat_tables([staged_schema().empty_table(), *self.pieces])
        self.pieces = []
        return table.unify_dictionaries().combine_chunks()


def piece(columns: dict[str, Any], count: int) -> pa.Table:
    """Return rows given by their columns, all but `part`; those not given are null."""
    made = [
        _as(columns[field.name], field.type)
        if field.name in columns
        else pa.nulls(count, field.type)
        for field in _fields()
    ]
    return pa.Table.from_arrays(made, schema=pa.schema(_fields()))


def _fields() -> list[pa.Field]:
    return [field for field in staged_schema() if field.name != "part"]


def _as(column: Any, kind: pa.DataType) -> pa.Array:
    made = whole(column)
    if made.type == kind:
        return made
    return made.dictionary_encode() if kind == _TEXTS else made.cast(kind)


def whole(column: Any) -> pa.Array:
    """Return a column in one piece."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
