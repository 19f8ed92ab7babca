"""The Parquet file of a mart: the same rows are the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from .run import in_utc

SCHEMA_VERSION: Final = 1
"""Goes up when a column of a mart is dropped, renamed or gets another type or meaning."""

ROW_GROUP_ROWS: Final = 122_880


def write_mart(rows: pa.RecordBatchReader, path: Path, name: str) -> int:
    """Write the rows of a mart in their order; returns how many there are.

    Args:
        rows: of the mart, instants in any zone.
        path: the file.
        name: of the mart.

    Arrow writes them, in groups of one size: what DuckDB writes hangs on how the rows came to it.
    Snappy is what every reader has.
    """
    told = {"ticketledger_mart": name, "schema_version": str(SCHEMA_VERSION)}
    kept = pa.schema(map(in_utc, rows.schema), told)
    written = 0
    with (
        pa.output_stream(str(path), buffer_size=1 << 20) as sink,  # else a call for each page
        pq.ParquetWriter(sink, kept, compression="snappy") as writer,
    ):
        for table in _groups(rows):
            writer.write_table(table.cast(kept), ROW_GROUP_ROWS)
            written += len(table)
    return written


def _groups(rows: pa.RecordBatchReader) -> Iterator[pa.Table]:
    """Yield the rows in tables of one size, but the last."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in rows:
        while count + len(batch) >= ROW_GROUP_ROWS:
            room = ROW_GROUP_ROWS - count
            table = pa.Table.from_batches([*waiting, batch.slice(0, room)], rows.schema)
            yield table.combine_chunks()
            waiting, count, batch = [], 0, batch.slice(room)
        waiting.append(batch)
        count += len(batch)
    if count:
        yield pa.Table.from_batches(waiting, rows.schema).combine_chunks()
