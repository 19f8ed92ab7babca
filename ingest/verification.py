"""Does the ledger on disk say what its commits recorded? Every file is read to its last byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models import schema
from ticketledger.models.errors import LedgerDamaged, LedgerTooNew
from ticketledger.models.store import Store, read_footer

from .commit import file_sha256


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that is not what it must be."""

    path: str
    problem: str

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain values, for JSON."""
        return asdict(self)


def verify(store: Store) -> Iterator[Finding]:
    """Yield what is wrong: unreadable rows, counts, the hash chain, missing or altered rejects.

    Raises:
        LedgerDamaged: a commit is missing or a file is foreign, so nothing can be compared.
    """
    previous: Path | None = None
    for file in store.covering():
        yield from _verify_file(store, file.path, previous)
        previous = file.path


def _verify_file(store: Store, path: Path, previous: Path | None) -> Iterator[Finding]:
    try:
        footer = read_footer(path)
        table = pq.read_table(path)
    except (LedgerDamaged, LedgerTooNew, pa.ArrowException, OSError) as exc:
        yield Finding(str(path), f"cannot be read: {exc}")
        return
    if not _same_columns(table.schema):
        yield Finding(str(path), "has other columns than a ledger's file")
        return
    batches = table.column("batch").to_pylist()
    for commit in footer["commits"]:
        number = commit["number"]
        rows = batches.count(number)
        if rows != commit["rows"]:
            yield Finding(str(path), f"commit {number} has {rows} rows, recorded {commit['rows']}")
        if previous is not None and commit["previous_sha256"] != file_sha256(previous):
            yield Finding(str(previous), f"is not the file that commit {number} was built on")
        if sum(source["accepted"] for source in commit["sources"]) != commit["rows"]:
            yield Finding(str(path), f"commit {number}: accepted is not the number of rows")
        for source in commit["sources"]:
            parts = ("accepted", "duplicates", "rejected", "blank")
            if sum(source[part] for part in parts) != source["lines"]:
                yield Finding(str(path), f"commit {number}: {source['source']} does not add up")
    for name in footer["rejects"]:
        yield from _verify_rejects(store.rejects / name)


def _same_columns(found: pa.Schema) -> bool:
    """Names, order and types; whether a column may be null is told by the file's writer."""
    return found.names == schema.EVENTS.names and all(
        _shape(mine) == _shape(wanted)
        for mine, wanted in zip(found.types, schema.EVENTS.types, strict=True)
    )


def _shape(kind: pa.DataType) -> Any:
    """A type without the names and nullability of list items."""
    if pa.types.is_struct(kind):
        return [(field.name, _shape(field.type)) for field in kind]
    return ["list", _shape(kind.value_type)] if pa.types.is_list(kind) else kind


def _verify_rejects(path: Path) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding(str(path), "is missing")
    elif file_sha256(path) != path.name.removesuffix(".parquet"):
        yield Finding(str(path), "was altered: its name is not its hash")
