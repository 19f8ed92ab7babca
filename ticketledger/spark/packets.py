"""Rows on their way through Spark: Arrow streams in a binary column, many rows to a packet.

So every type arrives as it left, and Spark's own types matter only in the DataFrames that users
see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

PACKETS: Final = pa.schema([("name", pa.string()), ("part", pa.int32()), ("packet", pa.binary())])
"""Packets with what is in them, and the part they go to: null when they stay where they are."""

PACKET_BYTES: Final = 32 << 20
"""A packet of more is cut in two: Spark holds each in memory, several times over."""

_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")


def packed(name: str, rows: pa.Table, part: int | None = None) -> Iterator[pa.RecordBatch]:
    """Yield a table as packets; none of an empty one."""
    for content in _cut(rows):
        yield packet(name, content, part)


def packet(name: str, content: bytes, part: int | None = None) -> pa.RecordBatch:
    """Return bytes as a packet."""
    return pa.record_batch([[name], pa.array([part], pa.int32()), [content]], schema=PACKETS)


def by_part(name: str, rows: pa.Table) -> Iterator[pa.RecordBatch]:
    """Yield a table as packets, each for one part; a column `part` says which, and is left out."""
    rows = rows.sort_by("part")
    runs = pc.run_end_encode(rows["part"].combine_chunks())
    rows = rows.drop_columns(["part"])
    begin = 0
    for part, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
        yield from packed(name, rows.slice(begin, end - begin), part)
        begin = end


def unpacked(packets: Iterable[pa.Scalar]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of packets, in order."""
    for packet in packets:
        with pa.ipc.open_stream(packet.as_buffer()) as reader:
            yield from reader


def _cut(table: pa.Table) -> Iterator[bytes]:
    if not len(table):
        return
    if table.nbytes > PACKET_BYTES and len(table) > 1:
        half = len(table) // 2
        yield from _cut(own(table.slice(0, half)))
        yield from _cut(own(table.slice(half)))
        return
    yield encoded(table)


def encoded(table: pa.Table) -> bytes:
    """Return a table as one packet, however large it is."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def decoded(content: bytes) -> pa.Table:
    """Return the table that `encoded` took."""
    return pa.ipc.open_stream(pa.py_buffer(content)).read_all()


def own(table: pa.Table) -> pa.Table:
    """Return a slice whose dictionaries hold only what its own rows have."""
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            made = [_own_texts(chunk) for chunk in table.column(place).chunks]
            table = table.set_column(place, field, pa.chunked_array(made, field.type))
    return table


def _own_texts(column: pa.DictionaryArray) -> pa.DictionaryArray:
    used = column.indices.drop_null().unique()
    indices = pc.index_in(column.indices, used).cast(column.type.index_type)
    return pa.DictionaryArray.from_arrays(indices, column.dictionary.take(used))
