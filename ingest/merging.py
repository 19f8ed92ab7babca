"""Sorted files of events, merged into one sorted stream without holding more than a row group.

Only the keys are sorted: they tell which file each next row comes from, and every file is read once
from its beginning to its end. So wide texts never pass through a sort.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ticketledger.models import schema

from .batch import TOLD_ONCE
from .sealed import ROW_GROUP
from .statements import statement

_READ_ROWS = 8_192


def merged(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> Iterator[pa.Table]:
    """Yield the rows of all files in the order of a commit's file, a row group at a time.

    Args:
        con: sorts the keys; its memory limit holds.
        paths: files of `events/`, at least one.
    """
    con.execute("SET VARIABLE files = $files", {"files": [str(path) for path in paths]})
    turns = con.sql(statement("merge_turns")).to_arrow_reader(ROW_GROUP)
    with ExitStack() as stack:
        sources = [_Rows(stack.enter_context(_opened(path))) for path in paths]
        is_empty = True
        for turn in _row_groups(turns):
            taken = [
                sources[each["values"]].take(each["counts"])
                for each in sorted(
                    pc.value_counts(turn).to_pylist(), key=lambda each: int(each["values"])
                )
            ]
            table = pa.concat_tables(taken).unify_dictionaries().combine_chunks()
            # Sorting is stable: it tells for each row taken its place, and the other way round.
            places = pc.sort_indices(pc.sort_indices(turn))
            yield _without_unused(table.take(places).cast(_stored_schema()))
            is_empty = False
        if is_empty:  # commits of rejects alone
            yield _stored_schema().empty_table()


def _row_groups(reader: pa.RecordBatchReader) -> Iterator[pa.Array]:
    """Yield the numbers of the files, as many at a time as rows go into a row group."""
    waiting: list[pa.Array] = []
    for batch in reader:
        waiting.append(batch.column(0))
        while sum(map(len, waiting)) >= ROW_GROUP:
            numbers = pa.concat_arrays(waiting)
            yield numbers.slice(0, ROW_GROUP)
            waiting = [numbers.slice(ROW_GROUP)]
    if sum(map(len, waiting)):
        yield pa.concat_arrays(waiting)


class _Rows:
    """The rows of one file from its beginning on."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._batches = file.iter_batches(_READ_ROWS, use_threads=False)
        self._rest: pa.Table | None = None

    def take(self, count: int) -> pa.Table:
        """Return that many of the rows not yet taken."""
        pieces, missing = [], count
        while missing:
            rest = self._rest or _without_unused(pa.Table.from_batches([next(self._batches)]))
            pieces.append(rest.slice(0, missing))
            self._rest = rest.slice(missing) if len(rest) > missing else None
            missing -= len(pieces[-1])
        return pa.concat_tables(pieces)


def _without_unused(table: pa.Table) -> pa.Table:
    """Drop the texts of dictionaries that no row has: a file tells all of them with each batch."""
    for name in TOLD_ONCE:
        column = table.column(name).combine_chunks()
        used = pc.unique(column.indices).drop_null()
        kept = pa.DictionaryArray.from_arrays(
            pc.index_in(column.indices, used), column.dictionary.take(used)
        )
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(name), kept)
    return table


def _opened(path: Path) -> pq.ParquetFile:
    """Open a file so that texts which repeat stay numbers, and little is read ahead."""
    return pq.ParquetFile(path, read_dictionary=list(TOLD_ONCE), pre_buffer=False)


def _stored_schema() -> pa.Schema:
    texts = pa.dictionary(pa.int32(), pa.string())
    return pa.schema(
        field.with_type(texts) if field.name in TOLD_ONCE else field for field in schema.EVENTS
    )
