"""Sorted files of events, merged into one sorted stream without holding more than a row group.

Only the keys are sorted: they tell which file each next row comes from, and every file is read once
from its beginning to its end. So wide texts never pass through a sort.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ticketledger.models import schema

from .batch import TOLD_ONCE
from .sealed import write_sealed
from .statements import statement

GROUP_ROWS: Final = 25_000
"""Rows of a row group: fewer than a commit's, since one of each part is in memory at a time."""

MOST_PARTS: Final = 8
"""Files read side by side; more of them are merged in several steps."""

_READ_ROWS: Final = 1_024


def merged(
    con: duckdb.DuckDBPyConnection, paths: Sequence[Path], folder: Path
) -> Iterator[pa.Table]:
    """Yield the rows of all files in the order of a commit's file, a row group at a time.

    Args:
        con: sorts the keys; its memory limit holds.
        paths: files of `events/`, at least one.
        folder: for files in between.
    """
    while len(paths) > MOST_PARTS:
        paths = [_merged_file(con, few, folder) for few in _batched(paths)]
    yield from _merged(con, paths)


def _batched(paths: Sequence[Path]) -> Iterator[Sequence[Path]]:
    """Yield neighbours, as many as may be read side by side."""
    for begin in range(0, len(paths), MOST_PARTS):
        yield paths[begin : begin + MOST_PARTS]


def _merged_file(con: duckdb.DuckDBPyConnection, paths: Sequence[Path], folder: Path) -> Path:
    path = folder / f"{uuid.uuid4().hex}.parquet"
    write_sealed(path, _merged(con, paths), {})
    return path


def _merged(con: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> Iterator[pa.Table]:
    con.execute("SET VARIABLE files = $files", {"files": [str(path) for path in paths]})
    turns = con.sql(statement("merge_turns")).to_arrow_reader(GROUP_ROWS)
    with ExitStack() as stack:
        sources = [_Rows(stack.enter_context(_opened(path))) for path in paths]
        is_empty = True
        for turn in _row_groups(turns):
            yield _row_group(sources, turn)
            is_empty = False
        if is_empty:  # commits of rejects alone
            yield _stored_schema().empty_table()


def _row_group(sources: Sequence[_Rows], turn: pa.Array) -> pa.Table:
    """Return the next rows, each from the file whose turn it is."""
    counts = {each["values"]: each["counts"] for each in pc.value_counts(turn).to_pylist()}
    rows = pa.concat_tables(sources[number].take(counts[number]) for number in sorted(counts))
    rows = rows.unify_dictionaries()
    # Sorting is stable: it tells for each row taken its place, and the other way round.
    rows = rows.take(pc.sort_indices(pc.sort_indices(turn)))
    return _without_unused(rows.cast(_stored_schema()))


def _row_groups(reader: pa.RecordBatchReader) -> Iterator[pa.Array]:
    """Yield the numbers of the files, as many at a time as rows go into a row group."""
    waiting: list[pa.Array] = []
    for batch in reader:
        waiting.append(batch.column(0))
        while sum(map(len, waiting)) >= GROUP_ROWS:
            numbers = pa.concat_arrays(waiting)
            yield numbers.slice(0, GROUP_ROWS)
            waiting = [numbers.slice(GROUP_ROWS)]
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
