"""Pieces of a ledger's files that one task reads: row groups in a folder, objects in a bucket."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models import layout
from ticketledger.models.errors import RESTORE, LedgerDamaged, LedgerError, MissingExtra, UsageError
from ticketledger.models.layout import CommitFile, read_commit_name, superseded
from ticketledger.models.place import Folder
from ticketledger.models.schema import EVENTS
from ticketledger.models.seal import is_sealed
from ticketledger.models.store import Store, complete

_SPLIT_ROWS: Final = 250_000
_BATCH_ROWS: Final = 16_384


@dataclass(frozen=True, slots=True)
class Split:
    """Row groups of a file of `events/`, None for all of them.

    Attributes:
        name: path of the file; of an object its name below the URL.
        url: of the ledger; None: it is in a folder.
        row_groups: their numbers.
        size_bytes: as stored.
        tag: of an object: its version and size.
    """

    name: str
    url: str | None
    row_groups: tuple[int, ...] | None
    size_bytes: int
    tag: str = ""

    def read(self, *columns: str) -> pa.RecordBatchReader:
        """Return the stored rows; without names all columns.

        Of an object only the columns that are named are fetched; all of them with its seal, which
        is checked then: who reads events to fold them reads them so.

        Raises:
            LedgerDamaged: the file is not what was written, or cannot be read.
            LedgerUnreachable: the bucket does not answer.
            MissingExtra: the ledger is in a bucket, and the extra `s3` is not installed here.
        """
        schema = pa.schema([EVENTS.field(name) for name in columns]) if columns else EVENTS
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with self._opened(schema is EVENTS) as source:
            try:
                with pq.ParquetFile(source) as file:
                    for rows in file.iter_batches(
                        _BATCH_ROWS, self.row_groups, schema.names, use_threads=False
                    ):
                        yield rows.select(schema.names).cast(schema)
            except (pa.ArrowException, OSError) as exc:
                raise _damaged(self.name, exc) from None

    @contextmanager
    def _opened(self, is_whole: bool) -> Iterator[Path | BinaryIO]:
        """Yield what to read; of an object a file that is here for as long, or its pieces."""
        if self.url is None:
            yield Path(self.name)
            return
        try:
            from ticketledger.models.objects import Objects
            from ticketledger.models.piecewise import piecewise
        except ImportError:
            raise MissingExtra("a ledger in a bucket, on every executor", "s3") from None
        if not is_whole:
            yield piecewise(Objects(self.url), self.name, self.tag)
            return
        with TemporaryDirectory(prefix="ticketledger-") as folder:
            part = Path(folder) / "part.parquet"
            with part.open("wb") as file:
                for piece in Objects(self.url).pieces(self.name):
                    file.write(piece)
            if not is_sealed(part):
                name = f"{self.url}/{self.name}"
                raise LedgerDamaged(f"`{name}` is not what was written", hint=RESTORE)
            yield part


def splits(store: Store, paths: Sequence[Path] | None = None) -> list[Split]:
    """Return the pieces of the ledger's present commits, in their order; a bucket is only listed.

    Args:
        store: an open store.
        paths: some of its files of `events/`; None: all that count.

    Raises:
        LedgerDamaged: a commit is missing, or a file cannot be read.
        LedgerUnreachable: the bucket does not answer.
    """
    if isinstance(store.place, Folder):
        if paths is None:
            paths = [file.path for file in store.covering()]
        return [
            Split(str(path.absolute()), None, groups, size)
            for path in paths
            for groups, size in _grouped(path)
        ]
    from ticketledger.models.bucket import Bucket
    from ticketledger.models.objects import size_in

    place = store.place
    assert isinstance(place, Bucket)
    tags: dict[str, str] = {}

    def listed() -> list[CommitFile]:
        tags.clear()
        tags.update(place.commits())
        return [file for name in tags if (file := read_commit_name(Path(name)))]

    files = complete(listed, f"{place.url}/{layout.EVENTS}")
    if paths is None:
        paths = [file.path for file in files]
    names = [name for path in paths if (name := f"{layout.EVENTS}/{path.name}") in tags]
    return [Split(name, place.url, None, size_in(tags[name]), tags[name]) for name in names]


def _damaged(name: str, exc: Exception) -> LedgerError:
    """Return what to say of a file that cannot be read: it may have been merged meanwhile."""
    path = Path(name)
    if isinstance(exc, FileNotFoundError) and path.parent.is_dir():
        there = [f"{layout.EVENTS}/{each.name}" for each in path.parent.iterdir()]
        ours = f"{layout.EVENTS}/{path.name}"
        if ours in superseded([ours, *there], there):
            told = f"`{name}` was merged into another file and removed since it was listed"
            return UsageError(told, hint="ask for the views anew")
    return LedgerDamaged(f"cannot read `{name}`: {exc}", hint=RESTORE)


def _grouped(path: Path) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield neighbouring row groups that have enough rows for a task, and their size."""
    try:
        metadata = pq.read_metadata(path)
    except (pa.ArrowException, OSError) as exc:
        raise _damaged(str(path), exc) from None
    groups: list[int] = []
    rows = size = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        groups.append(number)
        rows += group.num_rows
        size += sum(group.column(c).total_compressed_size for c in range(group.num_columns))
        if rows >= _SPLIT_ROWS:
            yield tuple(groups), size
            groups, rows, size = [], 0, 0
    if rows:
        yield tuple(groups), size
