"""Writing a file of `events/`: rows, the record of their commits, and the seal over both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models.seal import SEAL, UNSEALED, seal_file
from ticketledger.models.store import FOOTER

ROW_GROUP: Final = 100_000
_NEVER_TWICE: Final = ("event_id", "data", "envelope", "message_id", "message.unique_id")
"""Columns whose texts hardly repeat: a dictionary of them would be the whole column over again."""

_DICTIONARY_BYTES: Final = 256 << 20  # a dictionary given up halfway repeats every text
_BUFFER_BYTES: Final = 1 << 20


def write_sealed(path: Path, tables: Iterable[pa.Table], footer: dict[str, Any]) -> str:
    """Write rows in the order given, at least one table of them; returns the file's seal.

    Texts that are there once in memory are there once in the file.
    """
    tables = iter(tables)
    first = next(tables)
    with (
        # A Parquet file is made of hundreds of small pieces; unbuffered each is a storage call.
        pa.BufferedOutputStream(pa.OSFile(str(path), "wb"), _BUFFER_BYTES) as sink,
        pq.ParquetWriter(
            sink,
            first.schema,
            compression="zstd",
            use_dictionary=_repeating(first.schema),
            dictionary_pagesize_limit=_DICTIONARY_BYTES,
            store_schema=False,  # how a column was held in memory is no matter of the reader's
        ) as writer,
    ):
        for table in chain((first,), tables):
            writer.write_table(table, row_group_size=ROW_GROUP)
        writer.add_key_value_metadata({FOOTER: json.dumps(footer, sort_keys=True), SEAL: UNSEALED})
    return seal_file(path)


@cache
def _repeating(schema: pa.Schema) -> list[str]:
    """Return the paths of the columns that get a dictionary, as Parquet spells them."""
    sink = pa.BufferOutputStream()
    pq.write_table(schema.empty_table(), sink)
    columns = pq.ParquetFile(pa.BufferReader(sink.getvalue())).schema
    paths = (columns.column(number).path for number in range(len(columns)))
    return [path for path in paths if path not in _NEVER_TWICE]
