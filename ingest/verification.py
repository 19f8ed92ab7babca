"""Does the ledger on disk say what its commits recorded? Every file is read to its last byte."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ticketledger.models import schema
from ticketledger.models.disk import file_sha256
from ticketledger.models.errors import LedgerDamaged, LedgerTooNew, ObjectsDamaged
from ticketledger.models.head import Head, read_head
from ticketledger.models.layout import (
    CommitFile,
    covering_set,
    is_dispensable,
    read_commit_name,
)
from ticketledger.models.reach import opened
from ticketledger.models.seal import is_sealed, read_seal
from ticketledger.models.store import Store, read_footer

from .create import ledger_content
from .superseded import DELETE

RESTORE = "restore it from a copy"
_MIRRORED = "the mirror has it as it was written"
_ANEW = "if nothing else was found, delete it: the next ingest makes it anew"


@dataclass(frozen=True, slots=True)
class Finding:
    """A file that is not what it must be, and what to do about it."""

    path: str
    problem: str
    remedy: str = RESTORE

    def as_dict(self) -> dict[str, str]:
        """Return the finding as plain values, for JSON."""
        return asdict(self)


@dataclass(slots=True)
class _Chain:
    """The seals of the files that held the commit before the next one, and its number.

    `rejects` are the names of the rejects files so far.
    """

    next: int = 0
    seals: frozenset[str] | None = frozenset()
    rejects: set[str] = field(default_factory=set)


def verify(store: Store, *, is_quick: bool = False) -> Iterator[Finding]:
    """Yield what is wrong with the ledger's files, in the order of the commits.

    Compared are: every byte with its file's seal, file names with commit numbers, rows and counts
    with the footers, each commit with the seal of the one before, rejects with their names, and
    `head.json` with the newest commit. Files that a compacted one replaced are not read. Objects of
    a bucket that cannot be mirrored as they are, all of them, come alone.

    Args:
        store: an open store.
        is_quick: read the footers alone: what is missing, cut short, swapped or miscounted is
            found, a changed byte between is not.
    """
    if (store.root / "ledger.json").read_bytes() != ledger_content():
        yield Finding(str(store.root / "ledger.json"), "does not say what it must")
    chain = _Chain()
    head = _head_of(store)  # first: a commit made meanwhile is in the list, not in the head
    try:
        files, foreign = _listed(store)
    except ObjectsDamaged as exc:  # what else is there can be read when they are restored
        yield from (Finding(name, exc.problem, exc.hint) for name in exc.names)
        return
    yield from foreign
    for file in covering_set(files):
        if file.first != chain.next:
            yield _missing(store, chain.next, file.first - 1)
            chain.seals = None
        yield from _verify_file(store, file, chain, files, is_quick)
        chain.next = file.last + 1
    if chain.next == 0:
        yield Finding(store.told(store.events), "is empty")
    else:
        yield from _verify_head(store, chain, head)
    for name, problem in [] if is_quick else store.place.differing(chain.rejects):
        yield Finding(name, problem, _MIRRORED)


def verify_quickly(store: Store) -> None:
    """Read the footers, before anything is made of the ledger; `head.json` is left to `verify`.

    Raises:
        LedgerDamaged: the first thing that is wrong.
    """
    head = store.told(store.head)
    while True:
        listed = _listed(store)
        found = [each for each in verify(store, is_quick=True) if each.path != head]
        if not found:
            return
        if listed == _listed(store):  # else a compaction removed what was about to be read
            raise LedgerDamaged(f"`{found[0].path}` {found[0].problem}", hint=found[0].remedy)


def _listed(store: Store) -> tuple[list[CommitFile], list[Finding]]:
    files, foreign = [], []
    for path, is_link in store.entries().items():
        file = read_commit_name(path)
        if file is None or is_link or (path.exists() and not path.is_file()):
            foreign.append(Finding(str(path), "is no commit", "move it out of the ledger's folder"))
        else:
            files.append(file)
    return files, foreign


def _missing(store: Store, first: int, last: int) -> Finding:
    which = f"commit {first} is" if first == last else f"commits {first} to {last} are"
    return Finding(store.told(store.events), f"{which} missing")


def _verify_file(
    store: Store, file: CommitFile, chain: _Chain, files: list[CommitFile], is_quick: bool
) -> Iterator[Finding]:
    before, chain.seals = chain.seals, None
    path = str(file.path)
    try:
        if not is_quick and not is_sealed(file.path):
            remedy = DELETE if is_dispensable(file, files) else RESTORE
            yield Finding(path, "is not byte for byte what was written", remedy)
            return
        footer = read_footer(file.path)
        if not _same_columns(_schema(file.path)):
            yield Finding(path, "has other columns than a ledger's file")
            return
        rows = _rows_recorded(file.path, footer) if is_quick else _rows_by_commit(file.path)
        chain.seals = frozenset({read_seal(file.path)})
    except (LedgerDamaged, LedgerTooNew, pa.ArrowException, OSError) as exc:
        yield Finding(path, f"cannot be read: {exc}")
        return
    commits = footer["commits"]
    numbers = [commit["number"] for commit in commits]
    if numbers != [number for number in range(file.first, file.last + 1) if number > 0]:
        yield Finding(path, f"holds the commits {numbers}, which its name does not say")
        return
    replaced = _replaced(footer)
    for commit in commits:
        number = commit["number"]
        before = replaced.get(number - 1, frozenset()) | (before or frozenset())
        if before and commit["previous_seal"] not in before:
            yield Finding(path, f"commit {number} was not built on the commit before it")
        before = replaced.get(number)
        yield from _verify_counts(path, commit, rows.pop(number, 0))
    for number, count in rows.items():
        yield Finding(path, f"has {count} rows of commit {number}, which it does not hold")
    chain.seals |= replaced.get(file.last, frozenset())
    chain.rejects.update(footer["rejects"])
    for name in footer["rejects"]:
        yield from _verify_rejects(store.rejects / name, is_quick)


def _schema(path: Path) -> pa.Schema:
    with opened(path) as file:
        return pq.read_schema(file)


def _replaced(footer: dict[str, Any]) -> dict[int, frozenset[str]]:
    """Return the seals of the files that a compacted one stands for, by their last commit."""
    seals: dict[int, frozenset[str]] = {}
    for file in footer.get("files", []):
        seals[file["last"]] = seals.get(file["last"], frozenset()) | {file["seal"]}
    return seals


def _rows_by_commit(path: Path) -> dict[int, int]:
    with opened(path) as file, pq.ParquetFile(file) as rows:
        counts = pc.value_counts(rows.read(["batch"], use_threads=False).column(0))
    return {each["values"]: each["counts"] for each in counts.to_pylist()}


def _rows_recorded(path: Path, footer: dict[str, Any]) -> dict[int, int]:
    """Return the rows of each commit as recorded; those there are beside, of the first."""
    rows = {commit["number"]: commit["rows"] for commit in footer["commits"]}
    with opened(path) as file:
        surplus = pq.read_metadata(file).num_rows - sum(rows.values())
    if surplus:
        first = min(rows, default=0)
        rows[first] = rows.get(first, 0) + surplus
    return rows


def _verify_counts(path: str, commit: dict[str, Any], rows: int) -> Iterator[Finding]:
    number = commit["number"]
    if rows != commit["rows"]:
        yield Finding(path, f"commit {number} has {rows} rows, recorded {commit['rows']}")
    if sum(source["accepted"] for source in commit["sources"]) != commit["rows"]:
        yield Finding(path, f"commit {number}: accepted is not the number of rows")
    for source in commit["sources"]:
        parts = ("accepted", "duplicates", "rejected", "blank")
        if sum(source[part] for part in parts) != source["lines"]:
            yield Finding(path, f"commit {number}: {source['source']} does not add up")


def _head_of(store: Store) -> Head | Finding:
    """Return the newest acknowledged commit, or what is wrong with the witness of it."""
    path = store.told(store.head)
    try:
        return read_head(store)
    except FileNotFoundError:
        return Finding(path, "is missing", "the next ingest makes it anew")
    except LedgerDamaged:
        return Finding(path, "is not what a commit writes", _ANEW)


def _verify_head(store: Store, chain: _Chain, head: Head | Finding) -> Iterator[Finding]:
    if isinstance(head, Finding):
        yield head
        return
    last = chain.next - 1
    if head.commit > last:
        yield _missing(store, chain.next, head.commit)
    elif head.commit == last and chain.seals and head.seal not in chain.seals:
        yield Finding(store.told(store.head), f"names another file as commit {last}", _ANEW)


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


def _verify_rejects(path: Path, is_quick: bool) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding(str(path), "is missing")
    elif not is_quick and file_sha256(path) != path.name.removesuffix(".parquet"):
        yield Finding(str(path), "was altered: its name is not its hash")
