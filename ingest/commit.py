"""One commit: rows and rejects in, one immutable Parquet file out, all or nothing.

The steps are those of the design: deduplicate against the store, write aside, fsync, link under
the next number, fsync the folder. Losing the race for a number means starting over against the
winner's rows. The footer is the commit's record: who wrote what from where, and the hash of the
file before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from ticketledger.models import layout, schema
from ticketledger.models.errors import LedgerDamaged, LedgerUnwritable
from ticketledger.models.instants import parse_instant
from ticketledger.models.store import Store, read_footer

from .dedupe import stored_reject_ids
from .disk import link_new, sync_file, sync_folder, temporary, write_synced
from .explain import Rejected
from .stage import Stage


@dataclass(slots=True)
class Counts:
    """What became of the records of one source in one commit (or, summed, of a run).

    `accepted + duplicates + rejected + blank = lines` always holds. `lines` are lines of JSON
    Lines, elements of arrays and lists, documents otherwise. `known_rejects` are those of
    `rejected` that the ledger already has.
    """

    lines: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    blank: int = 0
    known_rejects: int = 0
    repeated_keys: int = 0

    def add(self, other: Counts) -> None:
        for name, number in asdict(other).items():
            setattr(self, name, getattr(self, name) + number)

    def check(self) -> None:
        total = self.accepted + self.duplicates + self.rejected + self.blank
        if total != self.lines:
            raise AssertionError(f"accounting is off: {self}")


@dataclass(slots=True)
class Part:
    """The records of one source that go into one commit; its events are staged.

    `size_bytes` and `sha256` are those of the whole source, known once it was read to its end.
    `continues` says that a commit before holds its beginning: then its end is recorded too, even
    if nothing in it is new.
    """

    source: str
    rejects: list[Rejected] = field(default_factory=list)
    lines: int = 0
    blank: int = 0
    size_bytes: int | None = None
    sha256: str | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did: its number, or None when everything was known, and counts per source."""

    number: int | None
    counts: dict[str, Counts]


def commit(
    store: Store, stage: Stage, parts: list[Part], *, version: str, now: datetime
) -> Committed:
    """Append what the ledger does not have yet; return only when it is on the disk.

    Args:
        store: an open store.
        stage: holds the events of the parts, by the part's place in the list; cleared at the end.
        parts: at most one part a source.
        version: of ticketledger, for the footer.
        now: the load time; never earlier than the commit before (the clock may have gone back).
    """
    while True:
        covering = store.covering()
        previous = covering[-1]
        number = previous.last + 1
        loaded_at = max(now.astimezone(UTC), _loaded_at(previous.path))
        counts = _choose_fresh(stage, parts, [file.path for file in covering])
        known = stored_reject_ids(store, covering) if any(part.rejects for part in parts) else set()
        new_rejects = _rejected(parts, known, counts)
        for count in counts.values():
            count.check()
        accepted = sum(count.accepted for count in counts.values())
        if not accepted and not new_rejects and not any(part.continues for part in parts):
            stage.clear()
            return Committed(None, counts)
        stamp = {"batch": number, "loaded_at": loaded_at}
        rejects_name = _write_rejects(store, [row | stamp for row in new_rejects])
        sources = [
            {"source": part.source, "size_bytes": part.size_bytes, "sha256": part.sha256}
            | asdict(counts[part.source])
            for part in parts
        ]
        record = {
            "number": number,
            "version": version,
            "loaded_at": loaded_at.isoformat(timespec="microseconds"),
            "previous_sha256": file_sha256(previous.path),
            "rows": accepted,
            "rejects": rejects_name,
            "sources": sources,
        }
        footer = {
            "format": layout.FORMAT,
            "commits": [record],
            "rejects": [rejects_name] if rejects_name else [],
        }
        part_file = temporary(store.tmp)
        try:
            params = {"path": str(part_file), "footer": json.dumps(footer, sort_keys=True)}
            names = [part.source for part in parts]
            _write(stage, stamp | params | {"sources": names})
            sync_file(part_file)
            published = link_new(part_file, store.events / layout.commit_name(number))
        finally:
            part_file.unlink(missing_ok=True)
        if published:
            sync_folder(store.events)
            stage.clear()
            return Committed(number, counts)


def _write(stage: Stage, params: dict[str, Any]) -> None:
    try:
        stage.run("write_commit", params)
    except duckdb.OutOfMemoryException:
        raise LedgerUnwritable(
            "the staging memory is too small for one commit", hint="allow more with `--memory`"
        ) from None
    except duckdb.IOException as exc:
        raise LedgerUnwritable(
            f"cannot write the commit: {exc}", hint="is the disk full?"
        ) from None


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _loaded_at(path: Path) -> datetime:
    commits = read_footer(path)["commits"]
    last = parse_instant(commits[-1]["loaded_at"]) if commits else None
    return last or datetime.min.replace(tzinfo=UTC)


def _choose_fresh(stage: Stage, parts: list[Part], files: list[Path]) -> dict[str, Counts]:
    """Choose what is new; the first of equal events is accepted, in the order read."""
    stage.set(files=[str(path) for path in files])
    stage.run("set_span")
    try:
        stage.run("choose_fresh")
    except duckdb.Error as exc:
        raise LedgerDamaged(
            f"cannot read the ledger: {exc}", hint="`ticketledger verify` names the file"
        ) from None
    counts = {part.source: Counts(lines=part.lines, blank=part.blank) for part in parts}
    for row in stage.rows("count_fresh").to_pylist():
        count = counts[parts[row["part"]].source]
        count.accepted = row["accepted"]
        count.duplicates = row["staged"] - row["accepted"]
        count.repeated_keys = row["repeated_keys"]
    return counts


def _rejected(
    parts: list[Part], known: set[str], counts: dict[str, Counts]
) -> list[dict[str, Any]]:
    """Each reject counts; those the ledger has already are not stored again."""
    fresh: list[dict[str, Any]] = []
    seen = set(known)
    for part in parts:
        for reject in part.rejects:
            counts[part.source].rejected += 1
            reject_id = reject.reject_id(part.source)
            if reject_id in seen:
                counts[part.source].known_rejects += 1
                continue
            seen.add(reject_id)
            row = asdict(reject) | {"reject_id": reject_id, "source": part.source}
            fresh.append(row | {"code": str(reject.code)})
    return fresh


def _write_rejects(store: Store, rows: list[dict[str, Any]]) -> str | None:
    if not rows:
        return None
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema.REJECTS), sink, compression="zstd")
    content = sink.getvalue().to_pybytes()
    name = f"{hashlib.sha256(content).hexdigest()}.parquet"
    write_synced(store.rejects / name, content, store.tmp)
    sync_folder(store.rejects)
    return name
