"""Rows on their way through Spark: Arrow streams in a binary column, many rows to a packet.

So every type arrives as it left, and Spark's own types matter only in the DataFrames that users
see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

PACKET_BYTES: Final = 32 << 20
"""A packet of more is cut in two: Spark holds each in memory, several times over."""

_OPTIONS: Final = pa.ipc.IpcWriteOptions(compression="zstd")


def packed(table: pa.Table) -> Iterator[bytes]:
    """Yield the packets of a table; none of an empty one."""
    if not len(table):
        return
    if table.nbytes > PACKET_BYTES and len(table) > 1:
        half = len(table) // 2
        yield from packed(table.slice(0, half))
        yield from packed(table.slice(half))
        return
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=_OPTIONS) as writer:
        writer.write_table(table)
    yield sink.getvalue().to_pybytes()


def unpacked(packets: Iterable[pa.Scalar | bytes]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of packets, in order."""
    for packet in packets:
        content = packet.as_buffer() if isinstance(packet, pa.Scalar) else packet
        with pa.ipc.open_stream(content) as reader:
            yield from reader
