"""What one file of a ledger holds, against what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ticketledger.models import schema
from ticketledger.models.disk import file_sha256
from ticketledger.models.errors import NO_LINK, RESTORE
from ticketledger.models.reach import opened


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that is not what it must be, and what to do about it."""

    path: str
    problem: str
    remedy: str = RESTORE

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain values, for JSON."""
        return asdict(self)


def has_columns(path: Path) -> bool:
    """Whether a file has the columns of a ledger's, by name, order and type.

    Whether a column may be null is told by the file's writer.
    """
    with opened(path) as file:
        found = pq.read_schema(file)
    return found.names == schema.EVENTS.names and all(
        _shape(mine) == _shape(wanted)
        for mine, wanted in zip(found.types, schema.EVENTS.types, strict=True)
    )


def _shape(kind: pa.DataType) -> Any:
    """A type without the names and nullability of list items."""
    if pa.types.is_struct(kind):
        return [(field.name, _shape(field.type)) for field in kind]
    return ["list", _shape(kind.value_type)] if pa.types.is_list(kind) else kind


def replaced_seals(footer: dict[str, Any]) -> dict[int, frozenset[str]]:
    """Return the seals of the files that a compacted one stands for, by their last commit."""
    seals: dict[int, frozenset[str]] = {}
    for file in footer.get("files", []):
        seals[file["last"]] = seals.get(file["last"], frozenset()) | {file["seal"]}
    return seals


def rows_by_commit(path: Path) -> dict[int, int]:
    """Return the rows that a file has of each commit, by number."""
    with opened(path) as file, pq.ParquetFile(file) as rows:
        counts = pc.value_counts(rows.read(["batch"], use_threads=False).column(0))
    return {each["values"]: each["counts"] for each in counts.to_pylist()}


def rows_recorded(path: Path, footer: dict[str, Any]) -> dict[int, int]:
    """Return the rows of each commit as recorded; those there are beside, of the first."""
    rows = {commit["number"]: commit["rows"] for commit in footer["commits"]}
    with opened(path) as file:
        surplus = pq.read_metadata(file).num_rows - sum(rows.values())
    if surplus:
        first = min(rows, default=0)
        rows[first] = rows.get(first, 0) + surplus
    return rows


def differing_counts(path: str, commit: dict[str, Any], rows: int) -> Iterator[Finding]:
    """Yield which counts of a commit do not fit its rows or each other."""
    number = commit["number"]
    if rows != commit["rows"]:
        yield Finding(path, f"commit {number} has {rows} rows, recorded {commit['rows']}")
    if sum(source["accepted"] for source in commit["sources"]) != commit["rows"]:
        yield Finding(path, f"commit {number}: accepted is not the number of rows")
    for source in commit["sources"]:
        parts = ("accepted", "duplicates", "rejected", "blank")
        if sum(source[part] for part in parts) != source["lines"]:
            yield Finding(path, f"commit {number}: {source['source']} does not add up")


def differing_rejects(path: Path, is_quick: bool) -> Iterator[Finding]:
    """Yield whether a file of rejects is missing or, unless that is quick, altered."""
    if path.is_symlink():
        yield Finding(str(path), "is a symbolic link", NO_LINK)
    elif not path.is_file():
        yield Finding(str(path), "is missing")
    elif not is_quick and file_sha256(path) != path.name.removesuffix(".parquet"):
        yield Finding(str(path), "was altered: its name is not its hash")
